//! Points from a table: comma-separated values with the names of searched parameters in the first line, as this program and
//! Optuna's data frames write trials.

use super::Study;
use crate::error::Error;
use crate::study::check::MODEL_DIMENSION;
use crate::study::{Point, Space, Value};

/// How Optuna's data frames call the column of a parameter.
const PREFIX: &str = "params_";

impl Study {
    /// Whether a text is a table of points of this study, and not, say, of ratings.
    #[must_use]
    pub fn has_points(&self, text: &str) -> bool {
        let header = cells(text.lines().next().unwrap_or_default());
        let is_named =
            |space: Space| header.iter().any(|cell| cell != MODEL_DIMENSION && column(&space, cell).is_some());
        self.first_space().is_ok_and(is_named)
    }

    /// The points of a table, each once. What a row does not name is at its default, columns that are no parameters are passed
    /// over, and so are the rows of another model.
    ///
    /// # Errors
    /// A study that does not pass its gate; [`Error::MissingColumn`] without a searched parameter, [`Error::NoRows`] without a
    /// row of the study's models; [`Error::NotParsed`] with the line of a value outside its range.
    pub fn points_of_table(&self, file: &str, text: &str) -> Result<Vec<Point>, Error> {
        let space = self.first_space()?;
        let mut lines = text.lines();
        let header = cells(lines.next().unwrap_or_default());
        let columns: Vec<Option<&str>> = header.iter().map(|cell| column(&space, cell)).collect();
        if columns.iter().all(Option::is_none) {
            let names: Vec<&str> = space.dimensions().iter().map(|dimension| dimension.name.as_str()).collect();
            let (column, found) = (names.join(", "), header.join(", "));
            return Err(Error::MissingColumn { file: file.to_owned(), column, found });
        }
        let model = header.iter().position(|cell| cell == MODEL_DIMENSION);
        let mut points = Vec::new();
        for (line, row) in (2..).zip(lines).filter(|(_, row)| !row.trim().is_empty()) {
            let row = cells(row);
            let named = model.and_then(|at| row.get(at)).filter(|name| !name.is_empty());
            if named.is_some_and(|name| self.models.iter().all(|space| space.model.name() != *name)) {
                continue;
            }
            let given = columns.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
            let given: Vec<(String, Value)> =
                given.filter_map(|(name, cell)| Some(((*name)?.to_owned(), Value::parse(cell)))).collect();
            let point = self.first_point(&given).map_err(|error| Error::NotParsed {
                file: file.to_owned(),
                line,
                reason: error.to_string().trim_end_matches('.').to_owned(),
            })?;
            if !points.contains(&point) {
                points.push(point);
            }
        }
        if points.is_empty() { Err(Error::NoRows { file: file.to_owned() }) } else { Ok(points) }
    }
}

/// The searched parameter that a column is of.
fn column<'a>(space: &'a Space, cell: &str) -> Option<&'a str> {
    let name = cell.strip_prefix(PREFIX).unwrap_or(cell);
    space.dimensions().iter().map(|dimension| dimension.name.as_str()).find(|known| *known == name)
}

/// The cells of a line. Parameters hold no commas, so quotes say nothing.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim_start_matches('\u{feff}');
    line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{ModelKind, ModelSpace};

    #[test]
    fn trials_that_were_written_are_read_as_points() {
        let study = Study::default();
        let text = "\u{feff}number,model,state,value,epochs,seconds,n_factors,learning_rate,regularization\r\n\
                    0,svd,done,0.875,3,1.5,8,0.01,0.05\r\n1,svd,failed,,3,1.5,8,0.02,\r\n\r\n2,svd,done,0.9,3,1.5,8,0.01,0.05\r\n";
        let points = study.points_of_table("a.csv", text).unwrap();
        let of = |values: [f64; 3]| {
            let names = ["n_factors", "learning_rate", "regularization"].into_iter().zip(values);
            Point(names.map(|(name, value)| (name.to_owned(), value.into())).collect())
        };
        assert_eq!(points, [of([8.0, 0.01, 0.05]), of([8.0, 0.02, 0.02])]);
        assert!(study.has_points(text));
        assert!(Study { first: points, ..study }.check().is_ok());
    }

    #[test]
    fn optunas_data_frames_and_several_models_are_read() {
        let mut study = Study::default();
        assert_eq!(study.points_of_table("a.csv", "number,params_n_factors\n0,20\n").unwrap().len(), 1);
        study.models.push(ModelSpace::starting(ModelKind::Bias));
        let text = "model,svd.n_factors\nbias,\nsvd,20\nease,\n";
        let points = study.points_of_table("a.csv", text).unwrap();
        assert_eq!(points.len(), 2);
        assert_eq!(
            (points[0].get("model"), points[1].get("svd.n_factors")),
            (Some(&"bias".into()), Some(&20.0.into()))
        );
    }

    #[test]
    fn what_is_no_table_of_points_is_refused() {
        let study = Study::default();
        let refused = |text: &str| study.points_of_table("a.csv", text).unwrap_err();
        assert!(
            !study.has_points("user,item,rating\n1,2,3\n") && !study.has_points("") && !study.has_points("model\nsvd")
        );
        assert_eq!(refused("user,item,rating\n1,2,3\n").code(), "missing-column");
        assert_eq!(refused("n_factors\n").code(), "no-rows");
        assert_eq!(refused("model,n_factors\nease,20\n").code(), "no-rows");
        let Error::NotParsed { line, reason, .. } = refused("n_factors\n8\n64\n") else { panic!() };
        assert_eq!((line, reason.contains("n_factors = 64")), (3, true));
    }
}
