//! The functions that samplers are measured on: what the bench and the tests of the search share. All are minimised; the
//! optimum of none lies in the middle of its domain. How they are searched stands in regrets.rs.

use std::f64::consts::{E, PI};

use rectune::study::{Dimension, Point, Range, Space, Value};

/// A function, its space and its least value.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    /// Not finite where a trial fails.
    pub value: fn(&Point) -> f64,
    pub space: fn() -> Space,
    pub least: f64,
}

/// Five functions for which Optuna's figures are known, and some of other shapes: a curved valley, many basins, a failing
/// region towards which values fall, a model's mixed parameters, several models, real trainings.
pub const FUNCTIONS: [Function; 11] = [
    Function {
        name: "branin",
        value: |point| branin(&numbers(point)),
        space: || reals(&[(-5.0, 10.0), (0.0, 15.0)]),
        least: 0.397_887_357_729_738_16,
    },
    Function {
        name: "hartmann3",
        value: |point| hartmann3(&numbers(point)),
        space: || reals(&[(0.0, 1.0); 3]),
        least: -3.862_779_787_332_7,
    },
    Function {
        name: "hartmann6",
        value: |point| hartmann6(&numbers(point)),
        space: || reals(&[(0.0, 1.0); 6]),
        least: -3.322_368_011_415_5,
    },
    Function {
        name: "ackley5s",
        value: |point| ackley(&numbers(point)),
        space: || reals(&[(-32.768, 32.768); 5]),
        least: 0.0,
    },
    Function { name: "levy4", value: |point| levy(&numbers(point)), space: || reals(&[(-10.0, 10.0); 4]), least: 0.0 },
    Function {
        name: "rosenbrock4",
        value: |point| rosenbrock(&numbers(point)),
        space: || reals(&[(-2.0, 2.0); 4]),
        least: 0.0,
    },
    Function {
        name: "styblinski5",
        value: |point| styblinski(&numbers(point)),
        space: || reals(&[(-5.0, 5.0); 5]),
        least: -195.830_828_518_857_07,
    },
    Function { name: "cliff3", value: |point| cliff(&numbers(point)), space: || reals(&[(0.0, 1.0); 3]), least: -0.7 },
    Function { name: "factors5", value: factors, space: factors_space, least: 0.0 },
    Function { name: "models3", value: models, space: models_space, least: 0.0 },
    Function { name: "trainings4", value: trainings, space: trainings_space, least: 0.0 },
];

fn numbers(point: &Point) -> Vec<f64> {
    point.0.iter().filter_map(|(_, value)| value.as_number()).collect()
}

fn reals(domain: &[(f64, f64)]) -> Space {
    let dimension = |(at, &(low, high)): (usize, &(f64, f64))| Dimension {
        name: format!("x{at}"),
        range: Range::Float { low, high, log: false, step: None },
        when: Default::default(),
    };
    Space::new(domain.iter().enumerate().map(dimension).collect()).expect("a domain is a space")
}

fn branin(x: &[f64]) -> f64 {
    let (b, c, t) = (5.1 / (4.0 * PI * PI), 5.0 / PI, 1.0 / (8.0 * PI));
    let inner = x[1] - b * x[0] * x[0] + c * x[0] - 6.0;
    inner * inner + 10.0 * (1.0 - t) * libm::cos(x[0]) + 10.0
}

fn hartmann<const D: usize>(x: &[f64], scale: &[[f64; D]; 4], place: &[[f64; D]; 4]) -> f64 {
    let term = |row: usize| {
        let apart = |at: usize| x[at] - place[row][at] * 1e-4;
        libm::exp(-(0..D).map(|at| scale[row][at] * apart(at) * apart(at)).sum::<f64>())
    };
    -[1.0, 1.2, 3.0, 3.2].iter().enumerate().map(|(row, height)| height * term(row)).sum::<f64>()
}

fn hartmann3(x: &[f64]) -> f64 {
    let scale = [[3.0, 10.0, 30.0], [0.1, 10.0, 35.0], [3.0, 10.0, 30.0], [0.1, 10.0, 35.0]];
    let place = [[3689.0, 1170.0, 2673.0], [4699.0, 4387.0, 7470.0], [1091.0, 8732.0, 5547.0], [381.0, 5743.0, 8828.0]];
    hartmann(x, &scale, &place)
}

fn hartmann6(x: &[f64]) -> f64 {
    let scale = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    let place = [
        [1312.0, 1696.0, 5569.0, 124.0, 8283.0, 5886.0],
        [2329.0, 4135.0, 8307.0, 3736.0, 1004.0, 9991.0],
        [2348.0, 1451.0, 3522.0, 2883.0, 3047.0, 6650.0],
        [4047.0, 8828.0, 8732.0, 5743.0, 1091.0, 381.0],
    ];
    hartmann(x, &scale, &place)
}

/// Ackley's function, moved away from the middle.
fn ackley(x: &[f64]) -> f64 {
    let z: Vec<f64> = x.iter().zip([-7.3, 4.1, 11.9, -13.7, 2.6]).map(|(x, shift)| x - shift).collect();
    let mean = |term: fn(f64) -> f64| z.iter().map(|&z| term(z)).sum::<f64>() / z.len() as f64;
    let (square, wave) = (mean(|z| z * z), mean(|z| libm::cos(2.0 * PI * z)));
    -20.0 * libm::exp(-0.2 * square.sqrt()) - libm::exp(wave) + 20.0 + E
}

fn levy(x: &[f64]) -> f64 {
    let w: Vec<f64> = x.iter().map(|x| 1.0 + (x - 1.0) / 4.0).collect();
    let square = |x: f64| x * x;
    let inner = |w: &f64| square(w - 1.0) * (1.0 + 10.0 * square(libm::sin(PI * w + 1.0)));
    let (last, others) = w.split_last().expect("there are dimensions");
    let end = square(last - 1.0) * (1.0 + square(libm::sin(2.0 * PI * last)));
    square(libm::sin(PI * w[0])) + others.iter().map(inner).sum::<f64>() + end
}

/// Its valley is curved; the optimum is at 1 along each axis.
fn rosenbrock(x: &[f64]) -> f64 {
    let square = |x: f64| x * x;
    x.windows(2).map(|x| 100.0 * square(x[1] - x[0] * x[0]) + square(1.0 - x[0])).sum()
}

/// Two basins along each axis; the better one at -2.9035.
fn styblinski(x: &[f64]) -> f64 {
    x.iter().map(|x| 0.5 * (x * x * x * x - 16.0 * x * x + 5.0 * x)).sum()
}

/// Values fall towards x0 = 0.7, beyond which every trial fails.
fn cliff(x: &[f64]) -> f64 {
    if x[0] > 0.7 { f64::NAN } else { (x[1] - 0.3) * (x[1] - 0.3) + 2.0 * (x[2] - 0.8) * (x[2] - 0.8) - x[0] }
}

fn log_apart(point: &Point, name: &str, from: f64) -> f64 {
    libm::log10(point.get(name).and_then(Value::as_number).expect("the parameter is active") / from)
}

/// The shape of matrix factorisation by gradient descent: many factors ask for more regularisation, fast learning
/// diverges, the start hardly matters and biases help.
fn factors(point: &Point) -> f64 {
    let (rate, strength) = (log_apart(point, "learning_rate", 0.02), log_apart(point, "regularization", 0.06));
    let size = log_apart(point, "n_factors", 50.0);
    if rate > 1.0 - 0.3 * strength.abs() {
        return f64::NAN;
    }
    let start = match point.get("init") {
        Some(Value::Text(name)) if name == "gaussian" => 0.0,
        Some(Value::Text(name)) if name == "xavier" => 0.01,
        _ => 0.05,
    };
    let biases = if point.get("biases") == Some(&Value::Bool(true)) { 0.0 } else { 0.08 };
    let away = strength - 0.4 * size;
    0.2 * rate * rate + 0.3 * away * away + 0.02 * size * size + start + biases
}

fn factors_space() -> Space {
    let init = ["constant", "gaussian", "xavier"].map(Value::from).to_vec();
    let dimension = |name: &str, range| Dimension { name: name.to_owned(), range, when: Default::default() };
    let dimensions = vec![
        dimension("learning_rate", Range::Float { low: 1e-4, high: 1.0, log: true, step: None }),
        dimension("regularization", Range::Float { low: 1e-4, high: 1.0, log: true, step: None }),
        dimension("n_factors", Range::Int { low: 4.0, high: 128.0, log: true, step: None }),
        dimension("init", Range::Categorical { choices: init }),
        dimension("biases", Range::Categorical { choices: vec![true.into(), false.into()] }),
    ];
    Space::new(dimensions).expect("the space is well-formed")
}

/// Three models of which the best at its defaults is not the best when tuned.
fn models(point: &Point) -> f64 {
    let square = |x: f64| x * x;
    match point.get("model") {
        Some(Value::Text(name)) if name == "bias" => 0.12 + 0.02 * square(log_apart(point, "damping", 12.0)),
        Some(Value::Text(name)) if name == "svd" => {
            let rate = log_apart(point, "learning_rate", 0.007);
            0.3 * square(rate) + 0.2 * square(log_apart(point, "regularization", 0.09) + 0.5 * rate)
        }
        _ => {
            0.05 + 0.1 * square(log_apart(point, "n_neighbors", 35.0))
                + 0.02 * square(log_apart(point, "shrinkage", 60.0))
        }
    }
}

fn models_space() -> Space {
    let names = ["bias", "svd", "item-knn"];
    let log = |low, high| Range::Float { low, high, log: true, step: None };
    let under = |model: &str, name: &str, range| {
        let when = [("model".to_owned(), vec![model.into()])].into();
        Dimension { name: name.to_owned(), range, when }
    };
    let choices = names.map(Value::from).to_vec();
    let dimensions = vec![
        Dimension { name: "model".to_owned(), range: Range::Categorical { choices }, when: Default::default() },
        under("bias", "damping", log(0.1, 100.0)),
        under("svd", "learning_rate", log(1e-4, 0.1)),
        under("svd", "regularization", log(1e-3, 1.0)),
        under("item-knn", "n_neighbors", Range::Int { low: 2.0, high: 200.0, log: true, step: None }),
        under("item-knn", "shrinkage", log(1.0, 1000.0)),
    ];
    Space::new(dimensions).expect("the space is well-formed")
}

/// Levels of the factors, from 4; of the width of their start, .01 and .1; of the learning rate, from .001; and of the
/// regularization, from .005. Each but the start's is twice the one before.
const TRAININGS: [(&str, usize); 4] =
    [("n_factors", 5), ("init_scale", 2), ("learning_rate", 8), ("regularization", 7)];

/// The validation RMSE of every such training of `svd` on MovieLens latest-small, the regularization fastest: a grid study
/// of `rectune tune ml-latest-small --model svd --seed 1`, `-` where the training diverged.
const TABLE: &str = include_str!("trainings.txt");

/// Real trainings, above the best of them.
fn trainings(point: &Point) -> f64 {
    let place = TRAININGS.iter().fold(0, |place, &(name, levels)| {
        place * levels + point.get(name).and_then(Value::as_number).expect("a level") as usize
    });
    let values: Vec<f64> = TABLE.split_whitespace().map(|value| value.parse().unwrap_or(f64::NAN)).collect();
    values[place] - values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn trainings_space() -> Space {
    let dimension = |(name, levels): (&str, usize)| {
        let range = Range::Int { low: 0.0, high: levels as f64 - 1.0, log: false, step: None };
        Dimension { name: name.to_owned(), range, when: Default::default() }
    };
    Space::new(TRAININGS.map(dimension).to_vec()).expect("levels are a space")
}
