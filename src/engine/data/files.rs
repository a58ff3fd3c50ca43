//! What a person's files are, told from their names and sizes: ratings, items, a test part. Members of an archive and files
//! that are dropped together are told apart by the same names.

use super::names::has;
use crate::protocol::FileRole;

/// A file's name without folders, its Latin letters in lower case.
#[must_use]
pub fn own_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase()
}

/// How much a file looks like one of ratings: the least does most.
pub type Rank = (usize, bool, bool, std::cmp::Reverse<u64>);

fn says_ratings(name: &str) -> bool {
    ["rating", "interaction", "review", ".inter", "play", "train", ".base"].iter().any(|part| has(name, part))
}

/// How much a file of this name and size looks like one of ratings: by its name, and of equals the largest.
#[must_use]
pub fn rank(name: &str, size: u64) -> Rank {
    const FIRST: [&str; 4] = ["ratings.csv", "ratings.dat", "u.data", "user_artists.dat"];
    // What else comes with ratings: who and what was rated.
    const NOT: [&str; 14] = [
        "tag", "link", "user", "item", "movie", "book", "artist", "genre", "genome", "test", "name", "meta", "social",
        "trust",
    ];
    let name = own_name(name);
    let first = FIRST.iter().position(|known| *known == name).unwrap_or(FIRST.len());
    let against = NOT.iter().any(|part| has(&name, part));
    (first, !says_ratings(&name), against, std::cmp::Reverse(size))
}

/// What each of several files is. One of them is the ratings; a name with "test" is a test part beside them; whatever else
/// there is can only say what the items are.
#[must_use]
pub fn roles(files: &[(String, u64)]) -> Vec<FileRole> {
    let ratings = (0..files.len()).min_by_key(|&at| rank(&files[at].0, files[at].1));
    let is_test = |name: &str| ["test", "holdout", "测试"].iter().any(|part| has(name, part));
    let mut tested = false;
    let role = |(at, (name, _)): (usize, &(String, u64))| match () {
        () if Some(at) == ratings => FileRole::Ratings,
        () if !tested && is_test(&own_name(name)) => {
            tested = true;
            FileRole::Test
        }
        () => FileRole::Items,
    };
    files.iter().enumerate().map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use FileRole::{Items, Ratings, Test};

    #[test]
    fn files_are_told_apart_by_their_names_and_then_by_their_sizes() {
        let told = |files: &[(&str, u64)]| {
            roles(&files.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect::<Vec<_>>())
        };
        assert_eq!(told(&[("test.csv", 9)]), [Ratings]);
        assert_eq!(told(&[("movies.csv", 900), ("ratings.csv", 9)]), [Items, Ratings]);
        assert_eq!(told(&[("u1.test", 20), ("u1.base", 80), ("u.item", 99)]), [Test, Ratings, Items]);
        assert_eq!(told(&[("titles.txt", 10), ("mine.txt", 800)]), [Items, Ratings]);
        assert_eq!(told(&[("ratings_test.csv", 10), ("ratings_train.csv", 80)]), [Test, Ratings]);
    }
}
