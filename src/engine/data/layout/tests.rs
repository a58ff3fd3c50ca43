//! Columns as they are found in the first rows of files that people have.

use super::*;

fn rows(lines: &[&str]) -> Vec<Vec<String>> {
    lines.iter().map(|line| line.split(',').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn resolve(lines: &[&str]) -> Layout {
    Layout::resolve("f", &rows(lines), &Picks::default(), &Known::default()).unwrap()
}

/// Header, user, item, rating, time.
type Places = (bool, usize, usize, Option<usize>, Option<usize>);

fn places(lines: &[&str]) -> Places {
    let layout = resolve(lines);
    (layout.header, layout.user, layout.item, layout.rating, layout.time)
}

#[test]
fn usual_names_are_found_in_any_order_and_case() {
    assert_eq!(places(&["userId,movieId,rating,timestamp", "1,2,3,900000000"]), (true, 0, 1, Some(2), Some(3)));
    assert_eq!(places(&["Score,USER_ID,note,Book-ID", "1,a,2,b"]), (true, 1, 3, Some(0), None));
    assert_eq!(places(&["User-ID,ISBN,Book-Rating"]), (true, 0, 1, Some(2), None));
    assert_eq!(places(&["用户ID,电影,评分,时间", "张三,霸王别姬,5,2020-01-01"]), (true, 0, 1, Some(2), Some(3)));
    assert_eq!(
        places(&["user_id:token,item_id:token,rating:float,timestamp:float", "1,2,3,9e8"]),
        (true, 0, 1, Some(2), Some(3))
    );
    let amazon = "reviewerID,asin,reviewerName,overall,unixReviewTime,reviewTime";
    assert_eq!(places(&[amazon, "A,B,x,5.0,1400000000,09 13 2014"]), (true, 0, 1, Some(3), Some(4)));
}

#[test]
fn a_first_line_of_numbers_is_no_header() {
    let layout = resolve(&["196,242,3,881250949", "186,302,3,891717742", "22,377,1,878887116"]);
    assert!(!layout.header);
    assert_eq!((layout.user, layout.item, layout.rating, layout.time), (0, 1, Some(2), Some(3)));
    assert_eq!((layout.columns.user.as_str(), layout.columns.time.as_deref()), ("1", Some("4")));
    assert_eq!(places(&["A1,B0001,5.0", "A2,B0001,4.0"]), (false, 0, 1, Some(2), None));
}

#[test]
fn values_tell_where_names_do_not() {
    assert_eq!(
        places(&["a,b,c,d", "u1,x,4.5,2020-01-01", "u1,y,3,2020-01-02", "u2,x,1,2020-01-02"]),
        (true, 0, 1, Some(2), Some(3))
    );
    assert_eq!(
        places(&["id,stars,who,what,timestamp", "1,4,ann,x,900000005", "2,3,bob,y,900000006"]),
        (true, 2, 3, Some(1), Some(4))
    );
    // Steam: user, game, behaviour, value, nothing.
    assert_eq!(
        places(&["151603712,Skyrim,purchase,1.0,0", "151603712,Skyrim,play,273.0,0", "5,Dota,play,1.5,0"]),
        (false, 0, 1, Some(3), None)
    );
    // Amazon since 2018.
    assert_eq!(
        places(&["0123456789,A2SUAM1J3GNN3B,5.0,1326499200", "B000000001,A2SUAM1J3GNN3C,3.0,1326499200"]),
        (false, 1, 0, Some(2), Some(3))
    );
}

#[test]
fn rows_without_a_rating_are_interactions() {
    assert_eq!(places(&["1,5", "1,7", "2,5"]), (false, 0, 1, None, None));
    assert_eq!(places(&["userId,movieId", "1,5"]), (true, 0, 1, None, None));
    assert_eq!(places(&["1,5,900000000", "1,7,900000001"]), (false, 0, 1, None, Some(2)));
}

#[test]
fn a_matrix_has_items_for_columns() {
    let layout = resolve(&["userId,10,11,12", "1,5,,3", "2,,4,1"]);
    assert_eq!((layout.kind, layout.header, layout.user), (form::Layout::Matrix, true, 0));
    assert_eq!(layout.columns.item, ELSEWHERE);
    assert!(resolve(&["movie,ann,bob,carl", "x,5,,3", "y,,4,1"]).items_down);
    assert_eq!(resolve(&["user,item,rating,x", "1,2,,3", "2,1,4,1"]).kind, form::Layout::Rows);
}

#[test]
fn a_column_of_row_names_may_be_without_its_own() {
    assert_eq!(places(&["user,item,rating", "1,a,x,5", "2,b,y,4"]), (true, 1, 2, Some(3), None));
    assert_eq!(places(&[",user,item,rating", "0,a,x,5", "1,b,y,4"]), (true, 1, 2, Some(3), None));
    // A delimiter at the end of each row is no column.
    assert_eq!(places(&["user,item,rating", "a,x,5,", "b,y,4,"]), (true, 0, 1, Some(2), None));
}

#[test]
fn named_columns_are_taken_and_missing_ones_are_said() {
    let pick = |name: &str| Pick::Column(name.into());
    let picks = Picks { user: pick("who"), item: pick("2"), rating: pick("STARS"), time: Pick::Absent };
    let head = rows(&["when,what,who,stars", "1,a,b,3"]);
    let layout = Layout::resolve("f", &head, &picks, &Known::default()).unwrap();
    assert_eq!((layout.user, layout.item, layout.rating, layout.time), (2, 1, Some(3), None));
    let why: Vec<&str> = layout.reasons.iter().map(|reason| reason.why.as_str()).collect();
    assert_eq!(why, ["chosen"; 3]);
    let error =
        Error::MissingColumn { file: "f".into(), column: "nobody".into(), found: "when, what, who, stars".into() };
    let picks = Picks { user: pick("nobody"), ..Picks::default() };
    assert_eq!(Layout::resolve("f", &head, &picks, &Known::default()), Err(error));
}

#[test]
fn a_list_of_items_is_no_ratings_file() {
    let lines: Vec<String> = (0..30).map(|n| format!("{n},Title {n},Comedy")).collect();
    let mut head = vec!["movieId,title,genres"];
    head.extend(lines.iter().map(String::as_str));
    let error = Layout::resolve("f", &rows(&head), &Picks::default(), &Known::default()).unwrap_err();
    assert_eq!(error.code(), "missing-column");
}

#[test]
fn resolved_columns_lead_back_to_themselves() {
    for lines in [
        &["id,user,item,rating,rating,time", "7,a,x,5,4,900000000", "9,b,y,3,3,900000001"][..],
        &["196,242,3,881250949", "186,302,3,891717742"],
        &["userId,10,11,12", "1,5,,3", "2,,4,1"],
        &["movie,ann,bob,carl", "x,5,,3", "y,,4,1"],
    ] {
        let layout = resolve(lines);
        let known = Known {
            header: Some(layout.header),
            layout: Some(layout.kind),
            decimal: Some(layout.decimal),
            time: Some(layout.format),
        };
        let again = Layout::resolve("f", &rows(lines), &Picks::from(&layout.columns), &known).unwrap();
        let found = |layout: &Layout| {
            (layout.user, layout.item, layout.rating, layout.time, layout.columns.clone(), layout.items_down)
        };
        assert_eq!(found(&again), found(&layout));
    }
}

#[test]
fn where_no_column_is_called_a_user_any_is_taken_to_be_changed() {
    let film = |n: usize| format!("2020-01-{:02},Film {n},{},https://x/{n},{}", 1 + n % 28, 1950 + n, n % 5);
    let lines: Vec<String> = std::iter::once("Date,Name,Year,URI,Rating".to_owned()).chain((0..40).map(film)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(places(&lines), (true, 3, 1, Some(4), Some(0)));
    // Without another column there is nothing to take, and what only describes items rates nothing.
    for (lines, code) in [
        (["Title,Rating", "a,4", "b,3"], "one-person"),
        (["Title,Date", "a,2020-01-01", "b,2020-01-02"], "one-person"),
        (["movieId,title", "1,a", "2,b"], "missing-column"),
    ] {
        let found = Layout::resolve("f", &rows(&lines), &Picks::default(), &Known::default());
        assert_eq!(found.unwrap_err().code(), code, "{lines:?}");
    }
}
