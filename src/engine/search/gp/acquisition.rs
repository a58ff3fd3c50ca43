//! Expected improvement on the logarithm, where its slope does not vanish far from the best point (Ament et al. 2023,
//! arXiv:2310.20708). Pure formulas.

/// The root of 2 pi.
pub(super) const SQRT_TAU: f64 = 2.506_628_274_631_000_7;
/// Its logarithm.
const LOG_SQRT_TAU: f64 = 0.918_938_533_204_672_8;

/// ln h(z) and its slope, h(z) = phi(z) + z Phi(z): the expected improvement in units of the deviation, where the mean lies
/// z deviations below the best value.
pub(super) fn log_h(z: f64) -> (f64, f64) {
    if z > -25.0 {
        let above = 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
        let h = libm::exp(-0.5 * z * z) / SQRT_TAU + z * above;
        return (libm::log(h), above / h);
    }
    // Both terms cancel; the asymptotic series of the normal tail in 1 / z^2 has no such trouble.
    let inverse = 1.0 / (z * z);
    let series = 1.0 - inverse * (3.0 - 15.0 * inverse);
    let value = -0.5 * z * z - LOG_SQRT_TAU + libm::log(inverse) + libm::log(series);
    (value, -z - 2.0 / z + (6.0 - 60.0 * inverse) * inverse / z / series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand_and_where_the_formulas_meet() {
        // h(0) = phi(0); h(1) = phi(1) + Phi(1) = 0.24197 + 0.84134.
        assert!((log_h(0.0).0 + LOG_SQRT_TAU).abs() < 1e-15);
        assert!((log_h(1.0).0 - libm::log(1.083_315_470_587_686)).abs() < 1e-12);
        let (left, right) = (log_h(-25.000_000_1), log_h(-24.999_999_9));
        assert!((left.0 - right.0).abs() < 1e-5 && (left.1 - right.1).abs() < 1e-5, "{left:?} {right:?}");
        assert!(log_h(-1e6).0.is_finite());
    }

    #[test]
    fn the_slope_is_the_difference_quotient() {
        for z in [-300.0, -40.0, -26.0, -20.0, -5.0, -1.0, 0.0, 0.7, 4.0] {
            let step = 1e-5;
            let quotient = (log_h(z + step).0 - log_h(z - step).0) / (2.0 * step);
            let slope = log_h(z).1;
            assert!((quotient - slope).abs() < 1e-4 * (1.0 + slope.abs()), "{z}: {quotient} {slope}");
        }
    }
}
