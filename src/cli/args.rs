//! The arguments of each command, as in `rectune help`.

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Tunes a recommender: trains rating models under many configurations and finds the best one.
#[derive(Debug, Parser)]
#[command(name = "rectune", version)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read a ratings file and say what is in it.
    Inspect(Inspect),
    /// Train one model and measure it.
    Train(Train),
    /// Search for the best configuration.
    Tune(Box<Tune>),
    /// Propose points for a search that someone else runs: results come in, proposals go out, one JSON line each.
    AskTell(AskTell),
    /// Turn a study into a link, or a link into a study.
    Link(Link),
    /// Write the trials of a result for other programs.
    Export(Export),
    /// Run a shared result again and compare every trial.
    Verify(Verify),
    /// Train a model and list what it recommends.
    Recommend(Recommend),
}

/// Which ratings, and how they are read and cleaned.
#[derive(Debug, Args)]
pub(super) struct Data {
    /// A ratings file (gzip and ZIP are seen through), or the name of data that ships with the product: ml-latest-small, article,
    /// synthetic, synthetic:users=N,items=N,ratings=N,rank=N,noise=X,seed=N
    pub(super) ratings: String,
    /// A file of the items: ids, titles, genres, years [default: the archive's own]
    #[arg(long, value_name = "FILE")]
    pub(super) items: Option<String>,
    #[command(flatten)]
    pub(super) reading: Reading,
}

/// How a ratings file is read and cleaned; what is not said is found in the file.
#[derive(Debug, Default, Args)]
pub(super) struct Reading {
    /// Which column is what: user=COL,item=COL,rating=COL,time=COL, by header name or by number from 1; rating= and time=
    /// without a name say that there is none
    #[arg(long, value_name = "user=COL,...", help_heading = READING)]
    pub(super) map: Option<String>,
    /// What stands between cells: one character, "\t", "::", or " " for runs of spaces
    #[arg(long, value_name = "TEXT", help_heading = READING)]
    pub(super) delimiter: Option<String>,
    /// The text's encoding, for example utf-8, windows-1252, gb18030, utf-16le
    #[arg(long, value_name = "LABEL", help_heading = READING)]
    pub(super) encoding: Option<String>,
    /// Whether the first line names the columns: yes, no
    #[arg(long, value_name = "yes|no", help_heading = READING)]
    pub(super) header: Option<String>,
    /// What a line holds: rows (one rating), sequences (a user and all items in the order of time), matrix (a user and
    /// the ratings of all items), blocks (an item and a colon above its rows)
    #[arg(long, value_name = "LAYOUT", help_heading = READING)]
    pub(super) layout: Option<String>,
    /// How cells are quoted: csv, doubled, padded, escaped, lines, none
    #[arg(long, value_name = "QUOTES", help_heading = READING)]
    pub(super) quotes: Option<String>,
    /// What stands before decimals: point, comma
    #[arg(long, value_name = "point|comma", help_heading = READING)]
    pub(super) decimal: Option<String>,
    /// How times are written: seconds, milliseconds, microseconds, iso, day-first, month-first
    #[arg(long, value_name = "FORMAT", help_heading = READING)]
    pub(super) time: Option<String>,
    /// What becomes of rows that can not be read: skip (and count them), refuse [default: skip]
    #[arg(long, value_name = "skip|refuse", help_heading = CLEANING)]
    pub(super) bad_rows: Option<String>,
    /// What zeros are: keep (ratings), implicit (interactions without a rating: left out) [default: keep]
    #[arg(long, value_name = "keep|implicit", help_heading = CLEANING)]
    pub(super) zeros: Option<String>,
    /// Leave out ratings outside LOW..HIGH; off keeps all [default: what is far outside of a scale is left out]
    #[arg(long, value_name = "LOW..HIGH|off", allow_hyphen_values = true, help_heading = CLEANING)]
    pub(super) scale: Option<String>,
    /// Which of several ratings of one item by one user counts: last (in time), first, mean, max, sum [default: last]
    #[arg(long, value_name = "RULE", help_heading = CLEANING)]
    pub(super) repeats: Option<String>,
    /// What play counts become: keep, log (ln(1 + count)), binary [default: keep]
    #[arg(long, value_name = "RULE", help_heading = CLEANING)]
    pub(super) counts: Option<String>,
    /// Ratings from X on become likes (1), the others are left out
    #[arg(long, value_name = "X", allow_hyphen_values = true, help_heading = CLEANING)]
    pub(super) threshold: Option<String>,
    /// What becomes of users who rate everything alike: keep, skip [default: keep]
    #[arg(long, value_name = "keep|skip", help_heading = CLEANING)]
    pub(super) constant_users: Option<String>,
    /// Use at most N users, drawn at random
    #[arg(long, value_name = "N", help_heading = CLEANING)]
    pub(super) sample_users: Option<String>,
    /// The seed of that draw
    #[arg(long, value_name = "SEED", help_heading = CLEANING)]
    pub(super) sample_seed: Option<String>,
    /// Leave out users and items with fewer than N ratings, until none is left
    #[arg(long, value_name = "N", conflicts_with_all = ["core_users", "core_items"], help_heading = CLEANING)]
    pub(super) core: Option<String>,
    /// The same for users only
    #[arg(long, value_name = "N", help_heading = CLEANING)]
    pub(super) core_users: Option<String>,
    /// The same for items only
    #[arg(long, value_name = "N", help_heading = CLEANING)]
    pub(super) core_items: Option<String>,
    /// What the order of rows without times means: none, file (it is the order of time) [default: none]
    #[arg(long, value_name = "none|file", help_heading = CLEANING)]
    pub(super) order: Option<String>,
    /// What becomes of rows of the test file that are also in the ratings: refuse, drop, keep [default: refuse]
    #[arg(long, value_name = "RULE", help_heading = CLEANING)]
    pub(super) test_overlap: Option<String>,
}

const READING: &str = "How the file is read";
const CLEANING: &str = "How the ratings are cleaned";

/// How rows are cut.
#[derive(Debug, Args)]
pub(super) struct Cut {
    /// A test file of its own: the test part of --split is then left out
    #[arg(long, value_name = "FILE")]
    pub(super) test: Option<String>,
    /// random:V,T (fractions for validation and test), user:V,T, last:V,T (rows per user), time:V,T, kfold:FOLDS,T, none
    #[arg(long, value_name = "SPEC")]
    pub(super) split: Option<String>,
}

/// What lists are judged by.
#[derive(Debug, Args)]
pub(super) struct Lists {
    /// Places of a list [default: 10]
    #[arg(long, value_name = "K")]
    pub(super) top: Option<u32>,
    /// Held-out ratings from X on are relevant [default: every held-out rating is]
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub(super) relevant: Option<f64>,
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Write the result as JSON to this file, or with - to standard output and nothing else there
    #[arg(long, value_name = "OUT")]
    pub(super) json: Option<String>,
}

/// One model, its parameters fixed.
#[derive(Debug, Args)]
pub(super) struct Model {
    /// The model: mean, bias, svd, svdpp, nmf, als, item-knn, user-knn, slope-one; or one that only ranks: content-knn,
    /// popular, ease, ials, bpr
    #[arg(long)]
    pub(super) model: String,
    /// A parameter's value; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Inspect {
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) cut: Cut,
    /// Where the split's randomness comes from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Train {
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) model: Model,
    /// Train exactly so many epochs; without it the validation part stops early, and without that the model's default
    /// count is used
    #[arg(long, value_name = "N")]
    pub(super) epochs: Option<u32>,
    /// What decides the best epoch on the validation rows: rmse, mae, ndcg@10, precision@10, recall@10, f1@10, map@10,
    /// mrr@10, hit-rate@10, auc [default: rmse; ndcg@10 for a model that only ranks]
    #[arg(long)]
    pub(super) objective: Option<String>,
    #[command(flatten)]
    pub(super) lists: Lists,
    #[command(flatten)]
    pub(super) cut: Cut,
    /// Where all randomness comes from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
pub(super) struct Tune {
    #[command(flatten)]
    pub(super) data: Data,
    /// A study as JSON; the other options change it
    #[arg(long, value_name = "STUDY.json")]
    pub(super) study: Option<String>,
    /// The models, separated by commas; each is searched over its usual ranges unless --range names others
    #[arg(long, value_name = "MODEL,...")]
    pub(super) model: Option<String>,
    /// A range to search: NAME=LOW..HIGH, NAME=LOW..HIGH:log, NAME=LOW..HIGH:step=S or NAME=A,B,C; with several models
    /// MODEL.NAME. A model with a range of its own is searched over its given ranges only
    #[arg(long, value_name = "NAME=RANGE")]
    pub(super) range: Vec<String>,
    /// A parameter's fixed value; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// A point to try before any is proposed; what it does not name is at its default. May be given several times
    #[arg(long, value_name = "NAME=VALUE,...")]
    pub(super) first: Vec<String>,
    /// Points to try after those: a table (CSV) with the names of searched parameters in its first line, such as `rectune
    /// export --to csv` writes
    #[arg(long, value_name = "FILE")]
    pub(super) first_from: Option<String>,
    /// grid, random, sobol, tpe, gp, or auto, which picks one by the space and the budget [default: random]
    #[arg(long)]
    pub(super) sampler: Option<String>,
    /// How much training each trial gets: none (all of it), halving (few epochs first; the best third goes on to three times
    /// as many) [default: none]
    #[arg(long)]
    pub(super) scheduler: Option<String>,
    /// rating (predict ratings), ranking (recommend a list) [default: rating]
    #[arg(long)]
    pub(super) goal: Option<String>,
    /// What is improved on the validation rows: rmse, mae; or for the goal ranking ndcg@10, precision@10, recall@10, f1@10,
    /// map@10, mrr@10, hit-rate@10, auc [default: rmse, ndcg@10]
    #[arg(long)]
    pub(super) objective: Option<String>,
    #[command(flatten)]
    pub(super) lists: Lists,
    /// How many trials [default: 60]
    #[arg(long, value_name = "N")]
    pub(super) trials: Option<u32>,
    /// Train the best trials again with other seeds, until there are N results of each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub(super) replicates: Option<u32>,
    /// Train the best trial of each model and the baselines again on N other cuts of the rows that are not test, drawn as the
    /// split says: by how much the winner is ahead, and on how many of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub(super) splits: Option<u32>,
    /// Give out no more trials after so many seconds
    #[arg(long, value_name = "S")]
    pub(super) seconds: Option<f64>,
    /// No trial begins once the trials whose results it may see have been trained for N epochs in all
    #[arg(long, value_name = "N")]
    pub(super) total_epochs: Option<u32>,
    /// No trial begins once it is expected to improve the best result that it may see by less than X
    #[arg(long, value_name = "X")]
    pub(super) least_gain: Option<f64>,
    /// Proposal n sees the results of trials 0 to n - LAG [default: 8]
    #[arg(long)]
    pub(super) lag: Option<u32>,
    /// Where all randomness comes from [default: 1]
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Trainers at a time; changes nothing but the time it takes [default: one per hardware thread]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) workers: Option<u16>,
    /// Also average what K of the best trials predict, chosen on the validation rows out of the best of each model; one that
    /// is taken again counts once more
    #[arg(long, value_name = "K")]
    pub(super) ensemble: Option<u32>,
    /// Afterwards have these samplers, separated by commas, search with the same budget, each with several seeds: how far
    /// each falls short of the best that any has seen, and how often it is ahead. Equal points are trained once
    #[arg(long, value_name = "SAMPLER,...")]
    pub(super) race: Option<String>,
    /// Runs of each sampler of a race: the study's seed and those after it
    #[arg(long, value_name = "N", default_value_t = 5, requires = "race")]
    pub(super) race_seeds: u32,
    #[command(flatten)]
    pub(super) cut: Cut,
    #[command(flatten)]
    pub(super) output: Output,
    /// Write the study as it is run
    #[arg(long, value_name = "FILE")]
    pub(super) study_out: Option<String>,
    /// Append each event as one JSON line as it happens
    #[arg(long, value_name = "FILE")]
    pub(super) events: Option<String>,
    /// Go on from such a file: its study, its results; only --trials changes it
    #[arg(long, value_name = "EVENTS", conflicts_with_all = [
        "study", "model", "range", "set", "first", "first_from", "sampler", "scheduler", "goal", "objective", "top", "relevant", "total_epochs",
        "least_gain", "lag", "seed", "split",
    ])]
    pub(super) resume: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct AskTell {
    /// The search space as JSON
    #[arg(long, value_name = "SPACE.json")]
    pub(super) space: String,
    /// grid, random, sobol, tpe, gp, or auto, which picks one by the space
    #[arg(long)]
    pub(super) sampler: String,
    /// Where all randomness comes from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// So many proposals are written before a result is needed
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) lag: u32,
}

#[derive(Debug, Args)]
pub(super) struct Link {
    #[command(subcommand)]
    pub(super) direction: Direction,
}

#[derive(Debug, Subcommand)]
pub(super) enum Direction {
    /// Print the link of a study: the part of the page's address that begins with #.
    Encode {
        /// The study as JSON
        study: String,
        /// A result of `tune --json` to put into the link
        #[arg(long, value_name = "RESULT.json")]
        result: Option<String>,
    },
    /// Print the study of a link as JSON.
    Decode {
        /// The link, or what follows its #
        link: String,
        /// Write the result that the link carries as JSON
        #[arg(long, value_name = "FILE")]
        result: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// A file that `tune --json` wrote
    pub(super) result: String,
    /// For whom
    #[arg(long)]
    pub(super) to: Format,
    /// The file; without it standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// A journal that Optuna opens: JournalStorage(JournalFileBackend(FILE))
    Optuna,
    /// Comma-separated values, one trial a line
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// A link that carries a result, or a file that `tune --json` wrote
    pub(super) shared: String,
    /// The ratings file; may be left out for data that ships with the product
    pub(super) ratings: Option<String>,
    /// The file of the items, if the study had one beside the ratings
    #[arg(long, value_name = "FILE")]
    pub(super) items: Option<String>,
    /// The test file, if the study had one of its own
    #[arg(long, value_name = "FILE")]
    pub(super) test: Option<String>,
    /// Trainers at a time [default: one per hardware thread]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) workers: Option<u16>,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("person").required(true))]
pub(super) struct Recommend {
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) model: Model,
    /// Train so many epochs [default: the model's own count]
    #[arg(long, value_name = "N")]
    pub(super) epochs: Option<u32>,
    /// For this user of the data
    #[arg(long, value_name = "ID", group = "person")]
    pub(super) user: Option<String>,
    /// For someone new who gave these ratings
    #[arg(long, value_name = "ITEM=RATING,...", group = "person")]
    pub(super) like: Option<String>,
    /// Also say how likely a rating from X on is, calibrated on a tenth of the ratings
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub(super) relevant: Option<f64>,
    /// How many items
    #[arg(short, default_value_t = 10)]
    pub(super) n: usize,
    /// Where all randomness comes from
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    #[command(flatten)]
    pub(super) output: Output,
}
