//! How a person corrects what was found in a file: which column is what, and the form of its text. Pure.

use crate::study::{Columns, DataSource, Form};

/// The roles of columns, and none.
pub(super) const ROLES: [&str; 5] = ["user", "item", "rating", "time", "none"];

/// The role of a column.
pub(super) fn role_of(columns: &Columns, name: &str) -> &'static str {
    let is = |column: &Option<String>| column.as_deref() == Some(name);
    match () {
        () if columns.user == name => "user",
        () if columns.item == name => "item",
        () if is(&columns.rating) => "rating",
        () if is(&columns.time) => "time",
        () => "none",
    }
}

/// The columns when one of them gets another role. Users and items must be somewhere: the column that had the role takes the
/// one that is given up, if it is one of theirs.
pub(super) fn with_role(columns: &Columns, name: &str, role: &str) -> Columns {
    let before = role_of(columns, name);
    let mut columns = columns.clone();
    let is_id = |role: &str| role == "user" || role == "item";
    if role == before || is_id(before) && role == "none" {
        return columns;
    }
    let holder = match role {
        "user" => Some(columns.user.clone()),
        "item" => Some(columns.item.clone()),
        "rating" => columns.rating.clone(),
        "time" => columns.time.clone(),
        _ => None,
    };
    // An id's column can not be without one, so the one that held the new role gets it; without such a column nothing can
    // be given up.
    if is_id(before) && holder.is_none() {
        return columns;
    }
    let mut set = |role: &str, column: Option<String>| match (role, column) {
        ("user", Some(column)) => columns.user = column,
        ("item", Some(column)) => columns.item = column,
        ("rating", column) => columns.rating = column,
        ("time", column) => columns.time = column,
        _ => {}
    };
    set(before, holder);
    set(role, Some(name.to_owned()));
    columns
}

/// The file with other columns: how their values are written is found anew.
pub(super) fn with_columns(source: &DataSource, columns: Columns) -> DataSource {
    let mut source = source.clone();
    if let DataSource::File { columns: own, form, .. } = &mut source {
        *own = columns;
        let Form { member, encoding, header, .. } = form.clone();
        *form = Form { member, encoding, header, ..Form::default() };
    }
    source
}

/// What a file's text is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    Delimiter,
    Encoding,
    Header,
    Time,
}

/// The file with another trait of its text. All but the writing of times decides what the columns are, so they are found
/// anew.
pub(super) fn with_trait(source: &DataSource, which: Trait, value: &str) -> DataSource {
    use crate::study::Settings as _;
    let mut source = source.clone();
    if let DataSource::File { delimiter, columns, form, .. } = &mut source {
        if which == Trait::Time {
            form.set("time", value);
            return source;
        }
        let unknown = Some(String::new());
        *columns = Columns { user: String::new(), item: String::new(), rating: unknown.clone(), time: unknown };
        let Form { member, encoding, .. } = form.clone();
        *form = Form { member, encoding, ..Form::default() };
        match which {
            Trait::Delimiter => value.clone_into(delimiter),
            Trait::Encoding => {
                delimiter.clear();
                form.set("encoding", value);
            }
            Trait::Header | Trait::Time => {
                form.set("header", value);
            }
        }
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(user: &str, item: &str, rating: Option<&str>, time: Option<&str>) -> Columns {
        let own = |name: Option<&str>| name.map(str::to_owned);
        Columns { user: user.into(), item: item.into(), rating: own(rating), time: own(time) }
    }

    #[test]
    fn two_columns_change_places_and_ids_are_always_somewhere() {
        let before = columns("a", "b", Some("c"), None);
        assert_eq!(with_role(&before, "a", "item"), columns("b", "a", Some("c"), None));
        assert_eq!(with_role(&before, "d", "user"), columns("d", "b", Some("c"), None));
        assert_eq!(with_role(&before, "d", "rating"), columns("a", "b", Some("d"), None));
        assert_eq!(with_role(&before, "d", "time"), columns("a", "b", Some("c"), Some("d")));
        assert_eq!(with_role(&before, "c", "none"), columns("a", "b", None, None));
        assert_eq!(with_role(&before, "c", "user"), columns("c", "b", Some("a"), None));
        assert_eq!(with_role(&before, "c", "time"), columns("a", "b", None, Some("c")));
        for (name, role) in [("a", "none"), ("a", "time"), ("a", "user")] {
            assert_eq!(with_role(&before, name, role), before, "{name} {role}");
        }
    }

    #[test]
    fn another_delimiter_leaves_the_columns_to_be_found() {
        let form = Form { encoding: "gb18030".into(), ..Form::default() };
        let source =
            DataSource::File { name: "f".into(), delimiter: ",".into(), columns: columns("a", "b", None, None), form };
        let DataSource::File { delimiter, columns, form, .. } = with_trait(&source, Trait::Delimiter, ";") else {
            panic!("a file stays one");
        };
        assert_eq!((delimiter.as_str(), columns.user.as_str(), form.encoding.as_str()), (";", "", "gb18030"));
        assert_eq!(columns.rating.as_deref(), Some(""));
    }
}
