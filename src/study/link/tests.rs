//! What a link must keep: exactness, short settings, and a sentence for everything that is wrong.

use proptest::prelude::*;

use super::*;
use crate::study::catalog::{Domain, ParamInfo};
use crate::study::{Columns, DataSpec, EngineVersion, ListSpec, Range, SearchSpec, Settings, SyntheticSpec, Value};

fn codes(decoded: &Decoded) -> Vec<&'static str> {
    decoded.problems.iter().map(Error::code).collect()
}

#[test]
fn the_default_study_is_its_version_only() {
    assert_eq!(encode(&Study::default()), "v=1");
    for text in ["", "#", "v=1", "#v=1"] {
        let nothing = Decoded {
            study: Study::default(),
            draws_seed: false,
            result: None,
            teaching: Teaching::default(),
            problems: vec![],
        };
        assert_eq!(decode(text), nothing);
    }
}

#[test]
fn a_hand_written_link_is_read() {
    let decoded = decode("#m=svd&k=4..64:log&reg=0.1&s=sobol&n=60&seed=1");
    assert_eq!(decoded.problems, []);
    let space = &decoded.study.models[0];
    assert_eq!(space.range("n_factors"), Some(&Range::Int { low: 4.0, high: 64.0, log: true, step: None }));
    assert_eq!(space.range("regularization"), Some(&Range::Fixed { value: 0.1.into() }));
    assert_eq!(decoded.study.search, SearchSpec::new(SamplerKind::Sobol, 60));
    assert_eq!(encode(&decoded.study), "v=1&k=4..64:log&reg=0.1&s=sobol&n=60&seed=1");
    assert_eq!(decode("n_factors=4..64:log").study.models[0].range("n_factors"), space.range("n_factors"));
}

#[test]
fn a_link_names_the_goal_and_what_lists_are_judged_by() {
    let decoded = decode("goal=ranking&metric=recall@20&relevant=4&m=svd,popular");
    assert_eq!(decoded.problems, []);
    let study = decoded.study;
    assert_eq!((study.goal, study.objective), (Goal::Ranking, MetricSpec::Recall));
    assert_eq!(study.list, ListSpec { length: 20, threshold: Some(4.0) });
    assert_eq!(encode(&study), "v=1&goal=ranking&metric=recall&top=20&relevant=4&m=svd,popular");
    assert_eq!(encode(&decode("goal=ranking&metric=ndcg@10").study), "v=1&goal=ranking");
    assert_eq!(codes(&decode("m=popular")), ["predicts-no-ratings"]);
    assert_eq!(codes(&decode("metric=ndcg")), ["other-goal"]);
    assert_eq!(codes(&decode("goal=ranking&metric=rmse")), ["other-goal"]);
}

#[test]
fn a_link_of_the_pages_own_settings_is_short() {
    let mut study =
        decode("k=8..64:log&lr=0.002..0.05:log&reg=0.01..0.5:log&init=xavier&epochs=100&s=sobol&n=200").study;
    study.data.hash = "0123456789abcdef0123456789abcdef".into();
    study.seed = Seed(Seed::MAX);
    assert!(encode(&study).len() < 200, "{}", encode(&study));
}

#[test]
fn several_models_have_their_names_before_their_parameters() {
    let decoded = decode("m=svd,bias&svd.k=8&bias.damp=1..9");
    assert_eq!(decoded.problems, []);
    assert_eq!(decoded.study.models[1].range("damping").unwrap().count(), None);
    assert_eq!(encode(&decoded.study), "v=1&m=svd,bias&svd.k=8&bias.damp=1..9");
    assert_eq!(codes(&decode("m=svd,bias&k=8")), ["unknown-key"]);
}

#[test]
fn what_is_wrong_is_reported_and_has_its_default() {
    for (link, expected) in [
        ("x=1", "unknown-key"),
        ("m=svt", "unknown-model"),
        ("m=svd,svd", "repeated"),
        ("k=0", "outside-domain"),
        ("k=9..4", "upside-down"),
        ("k=4..x", "bad-value"),
        ("n=0", "bad-setting"),
        ("n=many", "bad-value"),
        ("seed=9007199254740992", "bad-setting"),
        ("split=random:0.9,0.9", "bad-setting"),
        ("split=half", "bad-value"),
        ("metric=fame", "bad-value"),
        ("s=best", "bad-value"),
        ("v=0", "bad-value"),
        ("cols=a,b,c", "bad-value"),
        ("d=synthetic:noise=-1", "bad-value"),
        ("n=5&n=6&n=30", "repeated"),
        ("patience=never", "bad-value"),
    ] {
        let decoded = decode(link);
        assert_eq!(decoded.problems.first().map(Error::code), Some(expected), "{link}");
        if !link.starts_with("n=5") {
            assert_eq!(decoded.study, Study::default(), "{link}");
        }
    }
    let decoded = decode("k=0&n=40&what");
    assert_eq!((codes(&decoded), decoded.study.search.trials), (vec!["outside-domain", "unknown-key"], 40));
}

#[test]
fn a_link_for_a_class_hides_parts_and_brings_a_text() {
    let decoded = decode("n=9&hide=data,search,data&lesson=Why%3F%0A%0A<b>%26");
    assert_eq!(decoded.problems, []);
    assert_eq!(decoded.teaching.hidden, ["data", "search"]);
    assert_eq!(decoded.teaching.lesson.as_deref(), Some("Why?\n\n<b>&"));
    let link = decoded.teaching.add_to(encode(&decoded.study));
    assert_eq!(link, "v=1&n=9&hide=data,search&lesson=Why%3F%0A%0A%3Cb%3E%26");
    assert_eq!(decode(&link), decoded);
    assert_eq!(codes(&decode("hide=everything")), ["bad-value"]);
    assert_eq!(decode("lesson=").teaching, Teaching::default());
    assert_eq!(decode(&format!("lesson={}", "x".repeat(9_999))).teaching.lesson.map(|text| text.len()), Some(4_000));
    assert_eq!(Teaching::default().add_to("v=1".into()), "v=1");
}

#[test]
fn a_seed_can_be_left_to_chance() {
    let decoded = decode("seed=random&n=9");
    assert_eq!((decoded.problems, decoded.draws_seed, decoded.study.seed), (vec![], true, Study::default().seed));
    assert_eq!(codes(&decode("seed=chance")), ["bad-value"]);
}

#[test]
fn a_newer_link_is_not_guessed_at() {
    let decoded = decode("v=99&n=5&r=abc");
    assert_eq!(decoded.problems, [Error::NewerVersion { found: 99, known: ENGINE.0 }]);
    assert_eq!((decoded.study, decoded.result), (Study::default(), None));
}

#[test]
fn a_result_is_passed_on_unread() {
    let link = encode_with_result(&Study::default(), "ab-_9");
    assert_eq!(link, "v=1&r=ab-_9");
    assert_eq!(decode(&link).result.as_deref(), Some("ab-_9"));
}

#[test]
fn a_parameter_can_be_left_at_its_default() {
    let mut study = Study::default();
    study.models[0].params.remove(1);
    assert_eq!(encode(&study), "v=1&lr=default");
    assert_eq!(decode("lr=default").study, study);
}

#[test]
fn a_model_without_the_default_studys_ranges_starts_from_the_catalogs() {
    let decoded = decode("m=bias");
    assert_eq!(decoded.problems, []);
    let names: Vec<&str> = decoded.study.models[0].params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["damping"]);
    assert_eq!(encode(&decoded.study), "v=1&m=bias");
}

fn number(domain: Domain) -> BoxedStrategy<f64> {
    match domain {
        Domain::Float { low, high, .. } => (low..high).prop_map(move |x| if x == low { high } else { x }).boxed(),
        Domain::Int { low, high } => (low..high).prop_map(f64::floor).boxed(),
        Domain::Choice(_) | Domain::Bool => Just(0.0).boxed(),
    }
}

fn value(domain: Domain) -> BoxedStrategy<Value> {
    match domain {
        Domain::Choice(names) => prop::sample::select(names).prop_map(Value::from).boxed(),
        Domain::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Domain::Float { .. } | Domain::Int { .. } => number(domain).prop_map(Value::from).boxed(),
    }
}

fn range(domain: Domain) -> BoxedStrategy<Range> {
    let fixed = value(domain).prop_map(|value| Range::Fixed { value });
    let choices = prop::collection::vec(value(domain), 1..4).prop_map(|mut choices| {
        choices.dedup();
        Range::Categorical { choices }
    });
    let step = prop::option::of((1..100_u32).prop_map(f64::from));
    let bounds = (number(domain), number(domain), any::<bool>(), step, any::<bool>());
    let numbers = bounds.prop_map(move |(a, b, log, step, whole)| {
        let (mut low, mut high) = (a.min(b), a.max(b));
        if whole || matches!(domain, Domain::Int { .. }) {
            (low, high) = (low.ceil(), high.ceil());
            return Range::Int { low, high, log: log && low > 0.0, step };
        }
        Range::Float { low, high, log: log && low > 0.0, step: step.map(|step| step / 7.0) }
    });
    match domain {
        Domain::Choice(_) | Domain::Bool => prop_oneof![fixed, choices].boxed(),
        Domain::Float { .. } | Domain::Int { .. } => prop_oneof![fixed, choices, numbers].boxed(),
    }
}

fn space(model: ModelKind) -> BoxedStrategy<ModelSpace> {
    let param = |info: &'static ParamInfo| {
        let named = move |range| ParamSpec { name: info.name.to_owned(), range };
        let starting = ModelSpace::starting(model).range(info.name).cloned();
        prop_oneof![Just(starting), Just(None), range(info.domain).prop_map(Some)]
            .prop_map(move |range| range.map(named))
    };
    let params: Vec<_> = model.parameters().iter().map(param).collect();
    params.prop_map(move |params| ModelSpace { model, params: params.into_iter().flatten().collect() }).boxed()
}

fn data() -> impl Strategy<Value = DataSpec> {
    let columns = (".*", ".*", prop::option::of(".+"), prop::option::of(".+"));
    let columns = columns.prop_map(|(user, item, rating, time)| Columns { user, item, rating, time });
    let file = (".*", ".*", columns, settings::<Form>());
    let file = file.prop_map(|(name, delimiter, columns, form)| DataSource::File { name, delimiter, columns, form });
    let counts = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>(), 0.0..9.0, any::<u64>());
    let synthetic = counts.prop_map(|(users, items, ratings, rank, noise, seed)| {
        DataSource::Synthetic(SyntheticSpec { users, items, ratings, rank, noise, seed })
    });
    let name = prop_oneof![".*", Just("article".to_owned()), Just("file:x".to_owned()), Just("ml-1m".to_owned())];
    let source = prop_oneof![
        file,
        synthetic,
        name.prop_map(|name| DataSource::Sample { name }),
        Just(DataSource::Article),
        Just(DataSource::Synthetic(SyntheticSpec::default())),
        Just(DataSpec::default().source),
    ];
    let hash = || prop::option::of(".*");
    let spec = (source, ".*", hash(), hash(), settings::<Cleaning>());
    spec.prop_map(|(source, hash, test_hash, items_hash, clean)| DataSpec {
        source,
        hash,
        test_hash,
        items_hash,
        clean,
    })
}

/// Settings with some of the texts that any of them could have.
fn settings<S: Settings + std::fmt::Debug>() -> impl Strategy<Value = S> {
    let texts = ["skip", "refuse", "implicit", "1..5", "-0.5..1e30", "mean", "log", "3.5", "7", "file", "no", "matrix"];
    let text = prop_oneof![prop::sample::select(texts.map(str::to_owned).to_vec()), ".*"];
    let pairs = prop::collection::vec((prop::sample::select(S::KEYS.to_vec()), text), 0..9);
    pairs.prop_map(|pairs| {
        let mut settings = S::default();
        for (key, text) in pairs {
            // What is no value leaves the setting as it was.
            let _ = settings.set(key, &text);
        }
        settings
    })
}

fn split() -> impl Strategy<Value = SplitSpec> {
    let fractions = || (0.0..0.49, 0.0..0.49);
    prop_oneof![
        fractions().prop_map(|(valid, test)| SplitSpec::Random { valid, test }),
        fractions().prop_map(|(valid, test)| SplitSpec::User { valid, test }),
        fractions().prop_map(|(valid, test)| SplitSpec::Time { valid, test }),
        (0..9_u32, 0..9_u32).prop_map(|(valid, test)| SplitSpec::Last { valid, test }),
        (2..9_u32, 0.0..0.9).prop_map(|(folds, test)| SplitSpec::Kfold { folds, test }),
        Just(SplitSpec::None),
        Just(Study::default().split),
    ]
}

prop_compose! {
    fn study()(
        data in data(),
        split in split(),
        models in prop::sample::subsequence(ModelKind::ALL.to_vec(), 1..=3).prop_shuffle()
            .prop_flat_map(|models| models.into_iter().map(space).collect::<Vec<_>>()),
        goal in prop::sample::select(Goal::ALL.to_vec()),
        objective in any::<prop::sample::Index>(),
        list in (1_u32..50, prop::option::of(-3.0_f64..6.0)),
        fixed in any::<bool>(),
        epochs in 1..=100_u32,
        patience in 1..=9_u32,
        sampler in prop::sample::select(SamplerKind::ALL.to_vec()),
        scheduler in prop::sample::select(SchedulerKind::ALL.to_vec()),
        firsts in 0..3_u32,
        trials in 1..=1000_u32,
        ends in (prop::option::of(1..=100_000_u32), prop::option::of(1e-6..1.0)),
        lag in 1..=99_u32,
        seed in 0..=Seed::MAX,
    ) -> Study {
        let stopping =
            if fixed { Stopping::Fixed { epochs } } else { Stopping::Early { max_epochs: epochs, patience } };
        let mut study = Study {
            engine: EngineVersion(ENGINE.0), data, goal, split, models, objective: *objective.get(goal.objectives()),
            list: ListSpec { length: list.0, threshold: list.1 }, stopping,
            search: SearchSpec { scheduler, total_epochs: ends.0, least_gain: ends.1, ..SearchSpec::new(sampler, trials) }, lag, first: Vec::new(), seed: Seed(seed),
        };
        if let Ok(space) = study.space() {
            // Different points, where the space has them.
            for at in 0..firsts {
                let point = space.point_at(|_| 0.1 + 0.3 * f64::from(at));
                if !study.first.contains(&point) {
                    study.first.push(point);
                }
            }
        }
        study
    }
}

proptest! {
    #[test]
    fn a_checked_study_survives_its_link(study in study()) {
        prop_assume!(study.check().is_ok());
        let decoded = decode(&encode(&study));
        prop_assert_eq!(&decoded.problems, &[]);
        prop_assert_eq!(decoded.study, study);
    }

    #[test]
    fn the_order_of_parameters_means_nothing(study in study()) {
        prop_assume!(study.check().is_ok());
        let mut shuffled = study.clone();
        shuffled.models.iter_mut().for_each(|space| space.params.reverse());
        prop_assert_eq!(shuffled.space().unwrap(), study.space().unwrap());
        prop_assert_eq!(shuffled.canonical(), study);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*") {
        prop_assert!(decode(&text).study.check().is_ok());
    }

    #[test]
    fn any_link_gives_a_study_that_passes(
        pairs in prop::collection::vec(
            ("(v|d|h|sep|cols|split|goal|metric|top|relevant|m|k|lr|reg|svd.k|epochs|patience|s|sched|first|n|lag|seed|r)",
             "(grid|halving|svd|svd,bias|ranking|popular|ndcg@[0-9]{1,4}|off|[0-9]{1,3}|[0-9.]{1,4}\\.\\.[0-9]{1,4}(:log|:step=[0-9.]{1,4})?|random:0.[0-9],0.[0-9]|.*)"), 0..8)
    ) {
        let link = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
        prop_assert!(decode(&link).study.check().is_ok(), "{}", link);
    }
}
