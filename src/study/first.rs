//! A warm start: points that a study tries before its sampler proposes any. They are stored whole, so that a later change of
//! the catalog's defaults does not change an old study.

mod table;

use super::{ModelKind, Point, Space, Study, Value};
use crate::error::Error;

/// At most so many: a link carries them.
const MAX_POINTS: usize = 100;

/// What [`parse`] reads.
pub const SYNTAX: &str = "NAME:VALUE,...;NAME:VALUE,...";

impl Study {
    /// The point of the study's space with these values. What is not given is at its default, or in the middle of its range
    /// where that does not hold the default.
    ///
    /// # Errors
    /// A study that does not pass its gate; a name that is not searched; a value outside its range.
    pub fn first_point(&self, given: &[(String, Value)]) -> Result<Point, Error> {
        let space = self.first_space()?;
        let mut point = Point::default();
        for dimension in space.dimensions() {
            if !dimension.is_active(&point) {
                continue;
            }
            let value = match given.iter().find(|(name, _)| *name == dimension.name) {
                Some((_, value)) => value.clone(),
                None => self
                    .usual(&dimension.name)
                    .filter(|usual| dimension.range.cell(usual).is_some())
                    .unwrap_or_else(|| dimension.range.value_at(0.5)),
            };
            point.0.push((dimension.name.clone(), value));
        }
        if let Some((name, _)) = given.iter().find(|(name, _)| point.get(name).is_none()) {
            return Err(unknown(&space, name.clone(), &point));
        }
        check(&space, &point)?;
        Ok(point)
    }

    /// The study's space, whatever it begins with.
    fn first_space(&self) -> Result<Space, Error> {
        Self { first: Vec::new(), ..self.clone() }.space()
    }

    /// The default of a searched parameter; for a group that of its parts, if it is one.
    fn usual(&self, name: &str) -> Option<Value> {
        let (model, name) = match name.split_once('.') {
            Some((model, name)) => (ModelKind::parse(model).ok()?, name),
            None => (self.models.first()?.model, name),
        };
        let info = model.parameter(name).ok()?;
        let default = |name: &&str| model.parameter(name).ok()?.default;
        info.default.or_else(|| info.sets.first().and_then(default)).map(Value::from)
    }

    /// The gate's part: each point is whole and of the space, and none is there twice.
    pub(super) fn check_first(&self, space: &Space) -> Result<(), Error> {
        if self.first.len() > MAX_POINTS {
            let allowed = format!("at most {MAX_POINTS} points");
            return Err(Error::BadSetting { setting: "first".into(), value: self.first.len().to_string(), allowed });
        }
        for (at, point) in self.first.iter().enumerate() {
            check(space, point)?;
            if self.first[..at].contains(point) {
                return Err(Error::Repeated { parameter: point.identity() });
            }
        }
        Ok(())
    }
}

/// Refuses what is not a whole point of the space, in its order.
fn check(space: &Space, point: &Point) -> Result<(), Error> {
    let active = space.dimensions().iter().filter(|dimension| dimension.is_active(point));
    let mut values = point.0.iter();
    for dimension in active {
        match values.next() {
            Some((name, value)) if *name == dimension.name => {
                if dimension.range.cell(value).is_none() {
                    let (parameter, value) = (name.clone(), value.to_string());
                    return Err(Error::OutsideDomain { parameter, value, allowed: dimension.range.to_string() });
                }
            }
            _ => return Err(unknown(space, point.identity(), point)),
        }
    }
    values.next().map_or(Ok(()), |(name, _)| Err(unknown(space, name.clone(), point)))
}

fn unknown(space: &Space, value: String, point: &Point) -> Error {
    let active = space.dimensions().iter().filter(|dimension| dimension.is_active(point));
    let names: Vec<&str> = active.map(|dimension| dimension.name.as_str()).collect();
    Error::BadSetting { setting: "first".into(), value, allowed: names.join(", ") }
}

/// Writes points so that [`parse`] reads them back exactly.
#[must_use]
pub fn format(points: &[Point]) -> String {
    let one =
        |point: &Point| point.0.iter().map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join(",");
    points.iter().map(one).collect::<Vec<_>>().join(";")
}

/// Reads points; they need not be of any space yet.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<Point>> {
    let value = |pair: &str| pair.split_once(':').map(|(name, value)| (name.to_owned(), Value::parse(value)));
    // A space of fixed parameters has one point, and that has no names.
    let point =
        |text: &str| text.split(',').filter(|pair| !pair.is_empty()).map(value).collect::<Option<_>>().map(Point);
    text.split(';').map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ModelSpace;

    fn given(pairs: &[(&str, Value)]) -> Vec<(String, Value)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn what_is_not_given_is_at_its_default_or_in_the_middle() {
        let study = Study::default();
        let point = study.first_point(&given(&[("n_factors", 20.0.into())])).unwrap();
        let expected = [("n_factors", 20.0), ("learning_rate", 0.005), ("regularization", 0.02)];
        assert_eq!(point.0, given(&expected.map(|(name, value)| (name, value.into()))));
        // 100 factors, the default, are not in the range: 4 to 32 on the logarithm.
        assert_eq!(study.first_point(&[]).unwrap().get("n_factors"), Some(&11.0.into()));
    }

    #[test]
    fn a_point_is_of_one_model_of_several() {
        let mut study = Study::default();
        study.models.push(ModelSpace::starting(ModelKind::Bias));
        let point = study.first_point(&given(&[("model", "bias".into())])).unwrap();
        assert!(point.get("svd.n_factors").is_none() && point.0.len() > 1, "{point:?}");
        study.first = vec![point];
        assert!(study.check().is_ok());
        let other = given(&[("model", "bias".into()), ("svd.n_factors", 8.0.into())]);
        assert_eq!(study.first_point(&other).unwrap_err().code(), "bad-setting");
    }

    #[test]
    fn what_is_not_of_the_space_is_refused() {
        let study = Study::default();
        let refused = |pairs: &[(&str, Value)]| study.first_point(&given(pairs)).unwrap_err().code();
        assert_eq!(refused(&[("n_factors", 64.0.into())]), "outside-domain");
        assert_eq!(refused(&[("n_factors", 8.5.into())]), "outside-domain");
        assert_eq!(refused(&[("init_scale", 0.1.into())]), "bad-setting");
        let point = study.first_point(&[]).unwrap();
        let twice = Study { first: vec![point.clone(), point.clone()], ..study.clone() };
        assert_eq!(twice.check().unwrap_err().code(), "repeated");
        let torn = Study { first: vec![Point(point.0[1..].to_vec())], ..study };
        assert_eq!(torn.check().unwrap_err().code(), "bad-setting");
    }

    #[test]
    fn points_read_what_they_write() {
        let text = "n_factors:8,learning_rate:0.01;init:gaussian,biases:true";
        assert_eq!(format(&parse(text).unwrap()), text);
        assert_eq!(parse("n_factors"), None);
    }
}
