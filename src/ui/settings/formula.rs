//! Each parameter's place in the formula of its model, in the signs that papers use. They are read in every language.
//!
//! | sign | meaning |
//! |---|---|
//! | r, r̂, e | rating, predicted rating, r − r̂ |
//! | s | a score that only ranks, or a similarity |
//! | μ, bᵤ, bᵢ | mean, biases of user and item |
//! | pᵤ, qᵢ, k | factors of user and item, and how many there are |
//! | n, nᵤ, nᵢ | ratings in common, of a user, of an item |
//! | U, I | users and items that there are |

use crate::study::ModelKind;

/// What the model predicts or scores by.
#[must_use]
pub fn of_model(model: ModelKind) -> &'static str {
    match model {
        ModelKind::Mean => "r̂ = μ",
        ModelKind::Bias => "r̂ = μ + bᵤ + bᵢ",
        ModelKind::Svd | ModelKind::Als => "r̂ = μ + bᵤ + bᵢ + pᵤ·qᵢ",
        ModelKind::Svdpp => "r̂ = μ + bᵤ + bᵢ + (pᵤ + Σⱼ yⱼ / √nᵤ)·qᵢ",
        ModelKind::Nmf => "r̂ = pᵤ·qᵢ,  p, q ≥ 0",
        ModelKind::ItemKnn => "r̂ = bᵤᵢ + Σⱼ sᵢⱼ (rᵤⱼ − bᵤⱼ) / Σⱼ sᵢⱼ",
        ModelKind::UserKnn => "r̂ = bᵤᵢ + Σᵥ sᵤᵥ (rᵥᵢ − bᵥᵢ) / Σᵥ sᵤᵥ",
        ModelKind::SlopeOne => "r̂ = r̄ᵤ + ⟨devᵢⱼ⟩",
        ModelKind::ContentKnn => "s = Σⱼ sᵢⱼ wⱼ / K",
        ModelKind::Popular => "s = nᵢ",
        ModelKind::Ease => "s = X B,  diag B ≤ ξ",
        ModelKind::Ials => "s = pᵤ·qᵢ",
        ModelKind::Bpr => "s = pᵤ·qᵢ + bᵢ",
    }
}

/// Where a parameter of a model stands.
#[must_use]
pub fn of_param(model: ModelKind, name: &str) -> &'static str {
    match (name, model) {
        ("n_factors", _) => "p, q ∈ ℝᵏ",
        ("learning_rate", ModelKind::Bpr) => "p ← p + η (e (qᵢ − qⱼ) − λ p),  e = 1 − σ(sᵤᵢ − sᵤⱼ)",
        ("learning_rate", _) => "p ← p + η (e q − λ p),  e = r − r̂",
        ("learning_rate_decay", _) => "η ← δ η",
        ("regularization", ModelKind::Ease) => "min |X − X B|² + λ |B|²",
        ("diagonal", _) => "diag B ≤ ξ",
        ("exponent_users", _) => "X → D⁻ᵃ X,  D = diag nᵤ",
        ("exponent_items", _) => "X → X D⁻ᵇ,  D = diag nᵢ",
        ("rating_weight", _) => "x = 1 − w (max r − r) / (max r − min r)",
        ("regularization", ModelKind::Bpr) => "min Σ −ln σ(sᵤᵢ − sᵤⱼ) + λ/2 (|pᵤ|² + |qᵢ|² + |qⱼ|²)",
        ("regularization" | "regularization_factors", ModelKind::Ials) => {
            "min Σ (1 − s)² + α Σ s² + λ Σᵤ (nᵤ + α I) |pᵤ|² + λ Σᵢ (nᵢ + α U) |qᵢ|²"
        }
        ("regularization", _) => "min Σ (r − r̂)² + λ (bᵤ² + bᵢ² + |pᵤ|² + |qᵢ|²)",
        ("regularization_factors", _) => "min Σ (r − r̂)² + λ (|pᵤ|² + |qᵢ|²)",
        ("regularization_biases", _) => "min Σ (r − r̂)² + λ (bᵤ² + bᵢ²)",
        ("regularization_users", _) => "min Σ −ln σ(sᵤᵢ − sᵤⱼ) + λ/2 |pᵤ|²",
        ("regularization_positive", _) => "min Σ −ln σ(sᵤᵢ − sᵤⱼ) + λ/2 |qᵢ|²",
        ("regularization_negative", _) => "min Σ −ln σ(sᵤᵢ − sᵤⱼ) + λ/2 |qⱼ|²",
        ("alpha", _) => "min Σ (1 − s)² + α Σ s²",
        ("init", ModelKind::Nmf) => {
            "constant: p = σ;  uniform: p ~ U(0, σ);  gaussian: p ~ |N(0, σ²)|;  xavier: p ~ |N(0, σ²/k)|"
        }
        ("init", _) => "constant: p = σ;  gaussian: p ~ N(0, σ²);  xavier: p ~ N(0, σ²/k)",
        ("init_scale", ModelKind::Nmf) => "U(0, σ),  |N(0, σ²)|,  |N(0, σ²/k)|,  p = σ",
        ("init_scale", _) => "N(0, σ²),  N(0, σ²/k),  p = σ",
        ("biases", _) => "r̂ = [μ + bᵤ + bᵢ +] pᵤ·qᵢ",
        ("damping", _) => "bᵢ = Σ (r − μ − bᵤ) / (d + nᵢ),  bᵤ = Σ (r − μ − bᵢ) / (d + nᵤ)",
        ("damping_users", _) => "bᵤ = Σ (r − μ − bᵢ) / (d + nᵤ)",
        ("damping_items", _) => "bᵢ = Σ (r − μ − bᵤ) / (d + nᵢ)",
        ("normalization", _) => "r′ = (r − a) / c,  r̂ = c r̂′ + a",
        ("similarity", ModelKind::ContentKnn) => "jaccard: |A ∩ B| / |A ∪ B|",
        ("similarity", _) => "cosine: Σ xy / √(Σ x² Σ y²);  msd: 1 / (1 + ⟨(x − y)²⟩)",
        ("shrinkage", _) => "s ← s (n − 1) / (n − 1 + h)",
        ("n_neighbors", ModelKind::ContentKnn) => "Σⱼ s w / K,  j = 1 … K",
        ("n_neighbors", _) => "Σⱼ s (r − b) / Σⱼ s,  j = 1 … K",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_stands_in_a_formula() {
        for model in ModelKind::ALL {
            for info in model.parameters() {
                assert!(!of_param(model, info.name).is_empty(), "{} {}", model.name(), info.name);
            }
        }
    }
}
