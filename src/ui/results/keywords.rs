//! A configuration as other libraries call it: Surprise, implicit, Cornac, LensKit. Pure. Where a library has no counterpart for what
//! makes the model, there is nothing: figures that mean something else are worse than none.

use std::fmt::Write as _;

use crate::study::{ModelKind, ModelSpec};

/// What to write in a library, by the library's name.
#[must_use]
pub fn keywords(spec: &ModelSpec, epochs: u32) -> Vec<(&'static str, String)> {
    let number = |name: &str| spec.number(name).to_string();
    let count = epochs.to_string();
    let both = |pairs: &[(&'static str, String)]| pairs.to_vec();
    let dampings = || format!("{{\"reg_u\": {}, \"reg_i\": {}}}", number("damping_users"), number("damping_items"));
    let mut found = Vec::new();
    let mut add = |library: &'static str, class: &str, pairs: Vec<(&'static str, String)>| {
        found.push((library, call(class, &pairs)));
    };
    match spec.model {
        // There, ratings are learned as they are.
        _ if !matches!(spec.text("normalization"), "" | "none") => {}
        ModelKind::Svd if spec.number("learning_rate_decay") == 1.0 => {
            let (factors, biases) = (number("regularization_factors"), number("regularization_biases"));
            let (rate, biased) = (number("learning_rate"), python(spec.flag("biases")));
            if spec.text("init") == "gaussian" {
                let mut pairs = both(&[("n_factors", number("n_factors")), ("n_epochs", count.clone())]);
                pairs.extend([
                    ("biased", biased.clone()),
                    ("init_std_dev", number("init_scale")),
                    ("lr_all", rate.clone()),
                ]);
                pairs.extend(parts(&factors, &biases));
                add("Surprise", "SVD", pairs);
            }
            if factors == biases || !spec.flag("biases") {
                let pairs = both(&[("k", number("n_factors")), ("max_iter", count), ("learning_rate", rate)]);
                add("Cornac", "MF", [pairs, both(&[("lambda_reg", factors), ("use_bias", biased)])].concat());
            }
        }
        ModelKind::Svdpp if spec.number("learning_rate_decay") == 1.0 && spec.text("init") == "gaussian" => {
            let factors = number("regularization_factors");
            let mut pairs = both(&[("n_factors", number("n_factors")), ("n_epochs", count)]);
            pairs.extend([("init_std_dev", number("init_scale")), ("lr_all", number("learning_rate"))]);
            pairs.extend(parts(&factors, &number("regularization_biases")));
            pairs.push(("reg_yj", factors));
            add("Surprise", "SVDpp", pairs);
        }
        ModelKind::Nmf if spec.text("init") == "uniform" => {
            let factors = number("regularization_factors");
            let pairs = both(&[("n_factors", number("n_factors")), ("n_epochs", count), ("reg_pu", factors.clone())]);
            let start = both(&[("reg_qi", factors), ("init_low", "0".into()), ("init_high", number("init_scale"))]);
            add("Surprise", "NMF", [pairs, start].concat());
        }
        ModelKind::Bias => add("Surprise", "BaselineOnly", both(&[("bsl_options", dampings())])),
        ModelKind::ItemKnn | ModelKind::UserKnn => {
            let (name, shrinkage) = (spec.text("similarity"), spec.number("shrinkage"));
            // There, only this similarity is shrunk.
            let is_shrunk = name == "pearson-baseline";
            if is_shrunk || shrinkage == 0.0 {
                let by_user = python(spec.model == ModelKind::UserKnn);
                let mut options = format!("{{\"name\": \"{}\", \"user_based\": {by_user}", name.replace('-', "_"));
                if is_shrunk {
                    let _written = write!(options, ", \"shrinkage\": {shrinkage}");
                }
                options.push('}');
                let pairs =
                    both(&[("k", number("n_neighbors")), ("sim_options", options), ("bsl_options", dampings())]);
                add("Surprise", "KNNBaseline", pairs);
            }
        }
        ModelKind::SlopeOne => add("Surprise", "SlopeOne", Vec::new()),
        // There, everybody weighs the same.
        ModelKind::Ease
            if ["diagonal", "exponent_users", "exponent_items", "rating_weight"]
                .iter()
                .all(|name| spec.number(name) == 0.0) =>
        {
            add("LensKit", "EASEScorer", both(&[("regularization", number("regularization"))]));
        }
        ModelKind::Bpr => {
            let own = ["regularization_users", "regularization_positive", "regularization_negative"].map(number);
            if own.iter().all(|one| *one == own[0]) {
                let [regularization, ..] = own;
                let (factors, rate) = (number("n_factors"), number("learning_rate"));
                let pairs = both(&[("factors", factors.clone()), ("learning_rate", rate.clone())]);
                let rest = both(&[("regularization", regularization.clone()), ("iterations", count.clone())]);
                add("implicit", "bpr.BayesianPersonalizedRanking", [pairs, rest].concat());
                let pairs = both(&[("k", factors), ("max_iter", count), ("learning_rate", rate)]);
                add("Cornac", "BPR", [pairs, both(&[("lambda_reg", regularization)])].concat());
            }
        }
        ModelKind::Mean => add("Cornac", "GlobalAvg", Vec::new()),
        ModelKind::Popular => add("Cornac", "MostPop", Vec::new()),
        // Their regularisation does not grow with what a vector is fitted to (iALS), or there is no such model (ALS around
        // biases, a decaying learning rate, another start, neighbours by genres).
        ModelKind::Svd
        | ModelKind::Svdpp
        | ModelKind::Nmf
        | ModelKind::Als
        | ModelKind::Ials
        | ModelKind::ContentKnn
        | ModelKind::Ease => {}
    }
    found
}

/// Surprise's regularisation by part.
fn parts(factors: &str, biases: &str) -> [(&'static str, String); 4] {
    let (factors, biases) = (factors.to_owned(), biases.to_owned());
    [("reg_bu", biases.clone()), ("reg_bi", biases), ("reg_pu", factors.clone()), ("reg_qi", factors)]
}

fn call(class: &str, pairs: &[(&'static str, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{class}({})", pairs.join(", "))
}

fn python(yes: bool) -> String {
    if yes { "True" } else { "False" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Value;

    fn written(model: ModelKind, settings: &[(&str, Value)]) -> Vec<(&'static str, String)> {
        keywords(&model.with(settings).unwrap(), 12)
    }

    #[test]
    fn svd_is_known_to_two_libraries() {
        let own = [("n_factors", 8.0.into()), ("regularization", 0.05.into()), ("learning_rate", 0.01.into())];
        let surprise = "SVD(n_factors=8, n_epochs=12, biased=True, init_std_dev=0.1, lr_all=0.01, reg_bu=0.05, \
                        reg_bi=0.05, reg_pu=0.05, reg_qi=0.05)";
        let cornac = "MF(k=8, max_iter=12, learning_rate=0.01, lambda_reg=0.05, use_bias=True)";
        assert_eq!(written(ModelKind::Svd, &own), [("Surprise", surprise.into()), ("Cornac", cornac.into())]);
        // One keyword can not say two figures, and none says a decay.
        assert_eq!(written(ModelKind::Svd, &[("regularization_biases", 0.1.into())]).len(), 1);
        assert!(written(ModelKind::Svd, &[("learning_rate_decay", 0.9.into())]).is_empty());
        assert!(written(ModelKind::Svd, &[("normalization", "z-score".into())]).is_empty());
    }

    #[test]
    fn neighbours_are_written_where_similarity_means_the_same() {
        let text = "KNNBaseline(k=40, sim_options={\"name\": \"pearson_baseline\", \"user_based\": False, \
                    \"shrinkage\": 100}, bsl_options={\"reg_u\": 15, \"reg_i\": 10})";
        assert_eq!(written(ModelKind::ItemKnn, &[]), [("Surprise", text.into())]);
        assert!(written(ModelKind::UserKnn, &[("similarity", "msd".into())]).is_empty());
        let unshrunk = [("similarity", "msd".into()), ("shrinkage", 0.0.into())];
        assert!(written(ModelKind::UserKnn, &unshrunk)[0].1.contains("{\"name\": \"msd\", \"user_based\": True}"));
    }

    #[test]
    fn every_model_is_written_or_left_out() {
        let lengths = ModelKind::ALL.map(|model| (model.name(), written(model, &[]).len()));
        for (name, length) in lengths {
            let none = ["als", "ials", "content-knn"].contains(&name);
            assert_eq!(length == 0, none, "{name}");
        }
        assert_eq!(written(ModelKind::Ease, &[]), [("LensKit", "EASEScorer(regularization=500)".into())]);
        assert!(written(ModelKind::Ease, &[("exponent_users", 0.5.into())]).is_empty());
        assert_eq!(written(ModelKind::Bpr, &[]).len(), 2);
    }
}
