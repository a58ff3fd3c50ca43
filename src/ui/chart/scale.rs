//! Linear scales and the choice of what a chart's axis shows. Pure geometry, no views.

use crate::order;

/// Maps a domain linearly onto pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The values at the two ends; different from each other.
    pub domain: (f64, f64),
    /// The pixels at the two ends.
    pub pixels: (f64, f64),
}

impl Scale {
    /// A scale; a domain without extent is widened by a half to either side, so that something can be drawn.
    #[must_use]
    pub fn new(domain: (f64, f64), pixels: (f64, f64)) -> Self {
        let (low, high) = domain;
        let domain = if low < high { domain } else { (low - 0.5, low + 0.5) };
        Self { domain, pixels }
    }

    /// The pixel of a value, also outside the domain.
    #[must_use]
    pub fn at(&self, value: f64) -> f64 {
        let ((low, high), (from, to)) = (self.domain, self.pixels);
        from + (value - low) / (high - low) * (to - from)
    }

    /// The value at a pixel.
    #[must_use]
    pub fn value(&self, pixel: f64) -> f64 {
        let ((low, high), (from, to)) = (self.domain, self.pixels);
        low + (pixel - from) / (to - from) * (high - low)
    }

    /// Whether the value lies in the domain.
    #[must_use]
    pub fn shows(&self, value: f64) -> bool {
        (self.domain.0..=self.domain.1).contains(&value)
    }
}

/// No more values than this are sorted: it is done with each frame of a run.
const SORTED: usize = 2_000;

/// The extent of an axis: from the best value to Tukey's fence beyond the worse quartile (1.5 interquartile ranges;
/// Exploratory Data Analysis, 1977), so that a few hopeless values do not squash the others, and at least up to `keep`.
/// Padded by a twentieth. `None` without values. The quartiles of a great many values are those of every n-th.
#[must_use]
pub fn extent(values: &[f64], keep: Option<f64>, high_is_good: bool) -> Option<(f64, f64)> {
    if high_is_good {
        let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
        let (low, high) = extent(&mirrored, keep.map(|value| -value), false)?;
        return Some((-high, -low));
    }
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (Some(least), Some(most)) = (finite().min_by(f64::total_cmp), finite().max_by(f64::total_cmp)) else {
        return keep.map(|value| (value - 0.01, value + 0.01));
    };
    let mut sorted: Vec<f64> = finite().step_by(values.len() / SORTED + 1).collect();
    order::sort(&mut sorted, f64::total_cmp);
    let quartile = |quarter: usize| sorted[(sorted.len() - 1) * quarter / 4];
    let fence = quartile(3) + 1.5 * (quartile(3) - quartile(1));
    let low = keep.map_or(least, |value| value.min(least));
    let high = keep.map_or(most.min(fence), |value| most.min(fence).max(value));
    // Nearly equal values still get an axis on which the third decimal can be read.
    let padding = ((high - low) / 20.0).max(5e-4);
    Some((low - padding, high + padding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_map_to_ends_and_y_may_point_down() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert_eq!([scale.at(0.0), scale.at(10.0), scale.at(2.5)], [100.0, 0.0, 75.0]);
        assert_eq!(scale.value(75.0), 2.5);
        assert!(scale.shows(10.0) && !scale.shows(10.1));
    }

    #[test]
    fn one_value_still_makes_a_scale() {
        let scale = Scale::new((3.0, 3.0), (0.0, 100.0));
        assert_eq!(scale.at(3.0), 50.0);
    }

    #[test]
    fn a_hopeless_value_does_not_squash_the_others() {
        let (low, high) = extent(&[1.0, 1.1, 1.2, 1.3, 40.0], None, false).unwrap();
        assert!(low < 1.0 && low > 0.9 && high < 2.0 && high > 1.3, "{low} {high}");
    }

    #[test]
    fn the_averages_stay_in_sight() {
        let (low, high) = extent(&[0.9, 0.91], Some(0.95), false).unwrap();
        assert!(low < 0.9 && high > 0.95);
        let (low, high) = extent(&[0.3, 0.29, 0.28, 0.27, -5.0], None, true).unwrap();
        assert!(low > 0.2 && high < 0.31, "{low} to {high}");
        assert_eq!(extent(&[], None, false), None);
        assert_eq!(extent(&[f64::NAN], None, true), None);
        assert!(extent(&[], Some(1.0), false).is_some());
    }
}
