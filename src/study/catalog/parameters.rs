//! The parameters of each model. One that several models have stands first, as the first of them has it; the others say
//! where theirs differs.

use super::{Domain, ParamInfo, Preset, Search};

const N_FACTORS: ParamInfo = ParamInfo {
    name: "n_factors",
    key: "k",
    domain: Domain::Int { low: 1.0, high: 4096.0 },
    default: Some(Preset::Number(100.0)),
    search: Search::Between { low: 8.0, high: 200.0, log: true },
    sets: &[],
};

const LEARNING_RATE: ParamInfo = ParamInfo {
    name: "learning_rate",
    key: "lr",
    domain: Domain::Float { low: 0.0, high: 10.0, above: true },
    default: Some(Preset::Number(0.005)),
    search: Search::Between { low: 0.002, high: 0.03, log: true },
    sets: &[],
};

const LEARNING_RATE_DECAY: ParamInfo = ParamInfo {
    name: "learning_rate_decay",
    key: "decay",
    domain: Domain::Float { low: 0.0, high: 1.0, above: true },
    default: Some(Preset::Number(1.0)),
    search: Search::Between { low: 0.97, high: 1.0, log: false },
    sets: &[],
};

const REGULARIZATION: ParamInfo = ParamInfo {
    name: "regularization",
    key: "reg",
    domain: Domain::Float { low: 0.0, high: 10.0, above: false },
    default: None,
    search: Search::Between { low: 0.02, high: 0.2, log: true },
    sets: &["regularization_factors", "regularization_biases"],
};

const REGULARIZATION_FACTORS: ParamInfo = ParamInfo {
    name: "regularization_factors",
    key: "regf",
    default: Some(Preset::Number(0.02)),
    sets: &[],
    ..REGULARIZATION
};

const REGULARIZATION_BIASES: ParamInfo = ParamInfo {
    name: "regularization_biases",
    key: "regb",
    search: Search::Between { low: 0.002, high: 0.2, log: true },
    ..REGULARIZATION_FACTORS
};

const INIT: ParamInfo = ParamInfo {
    name: "init",
    key: "init",
    domain: Domain::Choice(&["constant", "gaussian", "xavier"]),
    default: Some(Preset::Text("gaussian")),
    search: Search::Domain,
    sets: &[],
};

const INIT_SCALE: ParamInfo = ParamInfo {
    name: "init_scale",
    key: "sd",
    domain: Domain::Float { low: 0.0, high: 10.0, above: false },
    default: Some(Preset::Number(0.1)),
    search: Search::OneOf(&[0.01, 0.03, 0.1]),
    sets: &[],
};

/// For models that are hardly ever started otherwise.
const INIT_ASKED: ParamInfo = ParamInfo { search: Search::Asked, ..INIT };
/// With p . q at about the square of init_scale, however many factors there are.
const INIT_XAVIER: ParamInfo = ParamInfo { default: Some(Preset::Text("xavier")), ..INIT_ASKED };

const BIASES: ParamInfo = ParamInfo {
    name: "biases",
    key: "biases",
    domain: Domain::Bool,
    default: Some(Preset::Bool(true)),
    search: Search::Domain,
    sets: &[],
};

const DAMPING: ParamInfo = ParamInfo {
    name: "damping",
    key: "damp",
    domain: Domain::Float { low: 0.0, high: 10_000.0, above: false },
    default: None,
    search: Search::Between { low: 0.5, high: 50.0, log: true },
    sets: &["damping_users", "damping_items"],
};

const DAMPING_USERS: ParamInfo =
    ParamInfo { name: "damping_users", key: "dampu", default: Some(Preset::Number(5.0)), sets: &[], ..DAMPING };

const DAMPING_ITEMS: ParamInfo = ParamInfo { name: "damping_items", key: "dampi", ..DAMPING_USERS };

const NORMALIZATION: ParamInfo = ParamInfo {
    name: "normalization",
    key: "norm",
    domain: Domain::Choice(&["none", "min-max", "user-mean", "item-mean", "z-score"]),
    default: Some(Preset::Text("none")),
    // The biases of most models do much the same.
    search: Search::Asked,
    sets: &[],
};

pub(super) const SVD: &[ParamInfo] = &[
    N_FACTORS,
    LEARNING_RATE,
    LEARNING_RATE_DECAY,
    REGULARIZATION,
    REGULARIZATION_FACTORS,
    REGULARIZATION_BIASES,
    INIT,
    INIT_SCALE,
    BIASES,
    NORMALIZATION,
];

pub(super) const BIAS: &[ParamInfo] = &[DAMPING, DAMPING_USERS, DAMPING_ITEMS];

pub(super) const SVDPP: &[ParamInfo] = &[
    ParamInfo { default: Some(Preset::Number(20.0)), ..N_FACTORS },
    ParamInfo { default: Some(Preset::Number(0.007)), ..LEARNING_RATE },
    LEARNING_RATE_DECAY,
    REGULARIZATION,
    REGULARIZATION_FACTORS,
    REGULARIZATION_BIASES,
    INIT,
    INIT_SCALE,
    NORMALIZATION,
];

pub(super) const NMF: &[ParamInfo] = &[
    ParamInfo {
        default: Some(Preset::Number(15.0)),
        search: Search::Between { low: 4.0, high: 100.0, log: true },
        ..N_FACTORS
    },
    ParamInfo { default: Some(Preset::Number(0.06)), ..REGULARIZATION_FACTORS },
    ParamInfo {
        domain: Domain::Choice(&["constant", "uniform", "gaussian", "xavier"]),
        default: Some(Preset::Text("uniform")),
        ..INIT_ASKED
    },
    ParamInfo {
        domain: Domain::Float { low: 0.0, high: 10.0, above: true },
        default: Some(Preset::Number(1.0)),
        search: Search::Between { low: 0.3, high: 1.5, log: true },
        ..INIT_SCALE
    },
    // A product of numbers that are never negative can not be below zero.
    ParamInfo { domain: Domain::Choice(&["none", "min-max"]), ..NORMALIZATION },
];

pub(super) const ALS: &[ParamInfo] = &[
    ParamInfo {
        default: Some(Preset::Number(64.0)),
        search: Search::Between { low: 8.0, high: 256.0, log: true },
        ..N_FACTORS
    },
    ParamInfo {
        domain: Domain::Float { low: 1e-6, high: 10.0, above: false },
        default: Some(Preset::Number(0.1)),
        search: Search::Between { low: 0.02, high: 1.0, log: true },
        ..REGULARIZATION_FACTORS
    },
    INIT_ASKED,
    ParamInfo { default: Some(Preset::Number(0.01)), ..INIT_SCALE },
    DAMPING,
    DAMPING_USERS,
    DAMPING_ITEMS,
    NORMALIZATION,
];

const SIMILARITY: ParamInfo = ParamInfo {
    name: "similarity",
    key: "sim",
    domain: Domain::Choice(&["cosine", "pearson", "pearson-baseline", "msd"]),
    default: Some(Preset::Text("pearson-baseline")),
    search: Search::Domain,
    sets: &[],
};

const SHRINKAGE: ParamInfo = ParamInfo {
    name: "shrinkage",
    key: "shrink",
    domain: Domain::Float { low: 0.0, high: 10_000.0, above: false },
    default: Some(Preset::Number(100.0)),
    search: Search::Between { low: 1.0, high: 1000.0, log: true },
    sets: &[],
};

const N_NEIGHBORS: ParamInfo = ParamInfo {
    name: "n_neighbors",
    key: "nn",
    domain: Domain::Int { low: 1.0, high: 10_000.0 },
    default: Some(Preset::Number(40.0)),
    search: Search::Between { low: 5.0, high: 500.0, log: true },
    sets: &[],
};

pub(super) const KNN: &[ParamInfo] = &[
    SIMILARITY,
    SHRINKAGE,
    N_NEIGHBORS,
    DAMPING,
    ParamInfo { default: Some(Preset::Number(15.0)), ..DAMPING_USERS },
    ParamInfo { default: Some(Preset::Number(10.0)), ..DAMPING_ITEMS },
    NORMALIZATION,
];

pub(super) const CONTENT_KNN: &[ParamInfo] = &[
    ParamInfo { domain: Domain::Choice(&["jaccard", "cosine"]), default: Some(Preset::Text("cosine")), ..SIMILARITY },
    ParamInfo {
        default: Some(Preset::Number(20.0)),
        search: Search::Between { low: 1.0, high: 200.0, log: true },
        ..N_NEIGHBORS
    },
];

const EXPONENT_USERS: ParamInfo = ParamInfo {
    name: "exponent_users",
    key: "expu",
    domain: Domain::Float { low: 0.0, high: 1.0, above: false },
    default: Some(Preset::Number(0.0)),
    search: Search::Between { low: 0.0, high: 0.5, log: false },
    sets: &[],
};

pub(super) const EASE: &[ParamInfo] = &[
    ParamInfo {
        domain: Domain::Float { low: 0.0, high: 1_000_000_000.0, above: true },
        default: Some(Preset::Number(500.0)),
        search: Search::Between { low: 10.0, high: 10_000.0, log: true },
        sets: &[],
        ..REGULARIZATION
    },
    ParamInfo {
        name: "diagonal",
        key: "diag",
        search: Search::Between { low: 0.0, high: 1.0, log: false },
        ..EXPONENT_USERS
    },
    EXPONENT_USERS,
    ParamInfo { name: "exponent_items", key: "expi", ..EXPONENT_USERS },
    ParamInfo {
        name: "rating_weight",
        key: "rw",
        search: Search::Between { low: 0.0, high: 0.8, log: false },
        ..EXPONENT_USERS
    },
];

const ALPHA: ParamInfo = ParamInfo {
    name: "alpha",
    key: "alpha",
    domain: Domain::Float { low: 0.0, high: 1000.0, above: false },
    default: Some(Preset::Number(0.1)),
    search: Search::Between { low: 0.003, high: 1.0, log: true },
    sets: &[],
};

pub(super) const IALS: &[ParamInfo] = &[
    ParamInfo {
        default: Some(Preset::Number(64.0)),
        search: Search::Between { low: 8.0, high: 256.0, log: true },
        ..N_FACTORS
    },
    ALPHA,
    ParamInfo {
        domain: Domain::Float { low: 0.0, high: 1000.0, above: true },
        default: Some(Preset::Number(0.01)),
        search: Search::Between { low: 0.0001, high: 0.1, log: true },
        sets: &[],
        ..REGULARIZATION
    },
    INIT_XAVIER,
    ParamInfo { search: Search::OneOf(&[0.03, 0.1, 0.3]), ..INIT_SCALE },
];

const REGULARIZATION_USERS: ParamInfo = ParamInfo {
    name: "regularization_users",
    key: "regu",
    default: Some(Preset::Number(0.01)),
    search: Search::Between { low: 0.0001, high: 0.1, log: true },
    ..REGULARIZATION_FACTORS
};

pub(super) const BPR: &[ParamInfo] = &[
    ParamInfo { default: Some(Preset::Number(64.0)), ..N_FACTORS },
    ParamInfo {
        default: Some(Preset::Number(0.05)),
        search: Search::Between { low: 0.005, high: 0.2, log: true },
        ..LEARNING_RATE
    },
    ParamInfo {
        search: Search::Between { low: 0.0001, high: 0.1, log: true },
        sets: &["regularization_users", "regularization_positive", "regularization_negative"],
        ..REGULARIZATION
    },
    REGULARIZATION_USERS,
    ParamInfo { name: "regularization_positive", key: "regp", ..REGULARIZATION_USERS },
    ParamInfo { name: "regularization_negative", key: "regn", ..REGULARIZATION_USERS },
    INIT_XAVIER,
    ParamInfo { search: Search::OneOf(&[0.03, 0.1, 0.3]), ..INIT_SCALE },
];
