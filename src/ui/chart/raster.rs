//! The marks of a chart on a canvas, where they are too many for elements. They are drawn in slices, so that no turn of the
//! page is long: what has ended since is added, and when scales, colours or what is kept have changed, all of it is drawn anew
//! behind the picture that stands, which gives way when the new one is whole.

use std::cell::RefCell;
use std::f64::consts::TAU;
use std::rc::Rc;

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use super::axis::Axis;
use super::kind::{Kind, edge};
use super::layer::Group;
use super::selection::Selection;
use super::shape::{Frame, Plot};
use crate::protocol::TrialState;
use crate::ui::browser;
use crate::ui::run::{Run, Trial};
use crate::ui::signal::{Memo, Signal, effect};
use crate::ui::store::Store;
use crate::ui::view::{View, after_frame, el, listen};

/// Milliseconds that are drawn for in one turn.
const SLICE: f64 = 12.0;

/// Trials between two looks at the clock.
const AT_ONCE: u32 = 32;

/// Lines that are one path: a browser draws some together in half the time that it takes for each alone, and many together in
/// more.
const TOGETHER: u32 = 8;

/// The radius of a dot; of one that was not trained to its end.
const RADIUS: (f64, f64) = (3.0, 2.0);

/// How opaque lines are in a chart of elements, and up to how many on a canvas. The more there are, the fainter each is, so
/// that the dense is told from the sparse; but one alone is still seen.
const OPAQUE: f64 = 0.4;
const FEW: f64 = 250.0;
const FAINTEST: f64 = 0.08;

/// What decides how everything looks that is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Look {
    plot: Plot,
    /// Pixels of the device for each of the page.
    ratio: f64,
    /// Of what is kept, of what is not, and of what has failed.
    colours: [String; 3],
    /// The run.
    run: u32,
    /// The objective's extent, which is a height in parallel coordinates.
    extent: (f64, f64),
}

/// A picture: how it looks, and what of the run is on it.
#[derive(Debug)]
struct Picture {
    look: Look,
    kept: Selection,
    /// How opaque lines are.
    opacity: f64,
    /// How each trial is drawn, by number.
    groups: Vec<Option<Group>>,
    /// The revision of the run from which on trials may be missing.
    revision: u32,
}

/// A picture under way: the trial that comes next, of the group that is drawn now.
#[derive(Debug)]
struct Draft {
    picture: Picture,
    group: usize,
    next: u32,
}

/// What was drawn last lies above.
const GROUPS: [Group; 3] = [Group::Faded, Group::Stopped, Group::Kept];

struct Raster {
    store: Store,
    kind: Kind,
    /// The canvas on the page, and the one that is drawn on.
    canvas: HtmlCanvasElement,
    hidden: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    plot: Option<Plot>,
    /// Of what is kept, of what is not, and of what has failed, until they may have become others.
    colours: Option<[String; 3]>,
    picture: Option<Picture>,
    draft: Option<Draft>,
    waits: bool,
    /// Whether there is a whole picture.
    shown: Signal<bool>,
}

/// The canvas, which says when it shows the marks.
pub fn raster(store: Store, kind: Kind, plot: Memo<Option<Plot>>, shown: Signal<bool>) -> View {
    let page = el("canvas").attrs(&[("class", "marks raster"), ("aria-hidden", "true")]);
    let hidden = canvas(el("canvas").element());
    let Some(context) = context(&hidden) else { return View::group([]) };
    let canvas = canvas(page.element());
    let (picture, draft) = (None, None);
    let (plot_now, colours) = (None, None);
    let raster =
        Raster { store, kind, canvas, hidden, context, plot: plot_now, colours, picture, draft, waits: false, shown };
    let raster = Rc::new(RefCell::new(raster));
    // Colours are the style sheet's, which the person's device chooses among.
    let scheme = Signal::new(());
    if let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") {
        listen(&query, "change", Box::new(move |_| scheme.set(())));
    }
    let stale = Memo::new(move || store.is_stale());
    let own = Rc::clone(&raster);
    effect(move || {
        scheme.get();
        stale.track();
        own.borrow_mut().colours = None;
        ask(&own);
    });
    effect(move || {
        store.kept.with(|_| ());
        store.model.with(|_| ());
        raster.borrow_mut().plot = plot.get();
        ask(&raster);
    });
    page.into()
}

fn canvas(element: &Element) -> HtmlCanvasElement {
    element.clone().unchecked_into()
}

/// What draws on a canvas, on the processor and at once: then its time can be measured, and shared out.
fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into()).ok()?;
    let context = canvas.get_context_with_context_options("2d", &options).ok()??;
    Some(context.unchecked_into())
}

/// Asks for a turn.
fn ask(raster: &Rc<RefCell<Raster>>) {
    if !std::mem::replace(&mut raster.borrow_mut().waits, true) {
        let raster = Rc::clone(raster);
        after_frame(move || {
            raster.borrow_mut().waits = false;
            if raster.borrow_mut().turn() {
                ask(&raster);
            }
        });
    }
}

impl Raster {
    /// Draws for a while; whether there is more to be drawn.
    fn turn(&mut self) -> bool {
        // A part of the page that is gone needs no picture.
        if !self.canvas.is_connected() {
            return false;
        }
        let store = self.store;
        store.model.with_untracked(|model| {
            let Some(run) = &model.run else { return false };
            let Some(look) = self.look(run) else { return false };
            store.axes.with_untracked(|axes| {
                if self.draft.is_none() && !self.is_current(run, &look) {
                    self.begin(run, look);
                }
                let until = browser::now() + SLICE;
                match self.draft.take() {
                    Some(draft) => self.go_on(draft, run, axes, until),
                    None => self.add(run, axes, until),
                }
            })
        })
    }

    fn look(&mut self, run: &Run) -> Option<Look> {
        if self.colours.is_none() {
            let style = window().get_computed_style(&self.canvas).ok().flatten()?;
            let colour = |name| style.get_property_value(name).unwrap_or_default();
            self.colours = Some(["--mark", "--line", "--bad"].map(colour));
        }
        Some(Look {
            plot: self.plot?,
            ratio: window().device_pixel_ratio(),
            colours: self.colours.clone()?,
            run: run.first_revision,
            extent: run.extent()?,
        })
    }

    /// Whether the picture only lacks what has ended since.
    fn is_current(&mut self, run: &Run, look: &Look) -> bool {
        let Some(picture) = self.picture.as_mut().filter(|picture| picture.look == *look) else { return false };
        let kept = self.store.kept.get_untracked();
        let same = |(number, group): (usize, &Option<Group>)| {
            group.is_none_or(|group| {
                let trial = run.trials.get(&(number as u32));
                trial.is_some_and(|trial| Group::of(trial, kept.holds(trial.number)) == group)
            })
        };
        // What is kept may have become more by those that have ended.
        let is_same = picture.kept == kept || picture.groups.iter().enumerate().all(same);
        picture.kept = kept;
        is_same
    }

    /// Begins a picture on an empty canvas.
    fn begin(&mut self, run: &Run, look: Look) {
        let Look { plot: Plot { frame, .. }, ratio, .. } = look;
        self.hidden.set_width((frame.width * ratio) as u32);
        self.hidden.set_height((frame.height * ratio) as u32);
        let context = &self.context;
        // A transformation that a canvas has no number for leaves it as it is.
        let _scaled = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        let ((left, right), (bottom, top)) = (frame.x(), frame.y());
        context.rect(left, top - 6.0, right - left + Frame::RIGHT, bottom - top + 12.0);
        context.clip();
        let kept = self.store.kept.get_untracked();
        let opacity = (OPAQUE * (FEW / f64::from(run.done())).sqrt()).clamp(FAINTEST, OPAQUE);
        let picture = Picture { look, kept, opacity, groups: Vec::new(), revision: run.revision() };
        self.draft = Some(Draft { picture, group: 0, next: 0 });
    }

    /// Draws on at a picture; whether there is more to be drawn.
    fn go_on(&mut self, mut draft: Draft, run: &Run, axes: &[Axis], until: f64) -> bool {
        let end = run.trials.last().map_or(0, |(number, _)| number + 1);
        if draft.picture.look.run != run.first_revision {
            return true;
        }
        while draft.group < GROUPS.len() {
            while draft.next < end {
                let to = end.min(draft.next + AT_ONCE);
                self.context.begin_path();
                for number in draft.next..to {
                    if let Some(trial) = run.trials.get(&number) {
                        self.draw(&mut draft.picture, trial, axes, Some(GROUPS[draft.group]));
                    }
                    if self.kind.has_lines() && (number % TOGETHER == 0 || number + 1 == to) {
                        self.context.stroke();
                        self.context.begin_path();
                    }
                }
                draft.next = to;
                if self.is_late(until) {
                    // Where nothing stands yet, what there is so far is more.
                    if self.picture.is_none() {
                        self.show(&draft.picture);
                    }
                    self.draft = Some(draft);
                    return true;
                }
            }
            (draft.group, draft.next) = (draft.group + 1, 0);
        }
        self.show(&draft.picture);
        if !self.shown.get_untracked() {
            self.shown.set(true);
        }
        self.picture = Some(draft.picture);
        true
    }

    /// Adds what has ended since; whether there is more to be drawn.
    fn add(&mut self, run: &Run, axes: &[Axis], until: f64) -> bool {
        let Some(mut picture) = self.picture.take() else { return false };
        let changes = run.changed_since(picture.revision);
        let mut done = 0;
        for numbers in changes.chunks(AT_ONCE as usize) {
            for trial in numbers.iter().filter_map(|number| run.trials.get(number)) {
                self.draw(&mut picture, trial, axes, None);
            }
            done += numbers.len();
            if self.is_late(until) {
                break;
            }
        }
        picture.revision += done as u32;
        if done > 0 {
            self.show(&picture);
        }
        self.picture = Some(picture);
        done < changes.len()
    }

    /// Whether the time is over, when all that was drawn so far is on the canvas.
    fn is_late(&self, until: f64) -> bool {
        // Browsers put off what is drawn until somebody looks.
        let _looked = self.context.get_image_data(0.0, 0.0, 1.0, 1.0);
        browser::now() >= until
    }

    /// Puts what was drawn on the page.
    fn show(&self, picture: &Picture) {
        let (width, height) = (self.hidden.width(), self.hidden.height());
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
            let Frame { width, height } = picture.look.plot.frame;
            let style = self.canvas.style();
            let set = |name: &str, pixels: f64| style.set_property(name, &format!("{pixels}px")).is_ok();
            let _sized = set("width", width) && set("height", height);
        }
        let page = self.canvas.get_context("2d").ok().flatten();
        if let Some(page) = page.map(JsCast::unchecked_into::<CanvasRenderingContext2d>) {
            page.clear_rect(0.0, 0.0, width.into(), height.into());
            // What was drawn here is no other origin's.
            let _drawn = page.draw_image_with_html_canvas_element(&self.hidden, 0.0, 0.0);
        }
    }

    /// Draws a trial that has ended and is not drawn yet, if it is of a group.
    fn draw(&self, picture: &mut Picture, trial: &Trial, axes: &[Axis], only: Option<Group>) {
        let number = trial.number as usize;
        let group = Group::of(trial, picture.kept.holds(trial.number));
        let is_drawn = picture.groups.get(number).is_some_and(Option::is_some);
        if trial.state.is_none() || is_drawn || only.is_some_and(|only| only != group) {
            return;
        }
        if picture.groups.len() <= number {
            picture.groups.resize(number + 1, None);
        }
        picture.groups[number] = Some(group);
        let Look { plot, colours: [kept, faded, lost], .. } = &picture.look;
        let context = &self.context;
        let colour = if group == Group::Faded { faded } else { kept };
        // Later ones that are not kept do not cover those that are.
        let behind = only.is_none() && group == Group::Faded;
        let order = if behind { "destination-over" } else { "source-over" };
        // Every browser knows these.
        let _set = context.set_global_composite_operation(order);
        context.set_global_alpha(if self.kind.has_lines() { picture.opacity } else { 1.0 });
        if only.is_none() || !self.kind.has_lines() {
            context.begin_path();
        }
        if let Some(edge) = edge(self.kind, trial, axes, plot) {
            let (x, y) = (edge.x, edge.y);
            if edge.is_lost {
                context.set_stroke_style_str(if group == Group::Faded { faded } else { lost });
                context.set_line_width(2.0);
                for (from, to) in [(-4.0, 4.0), (4.0, -4.0)] {
                    context.move_to(x - 4.0, y + from);
                    context.line_to(x + 4.0, y + to);
                }
                context.stroke();
            } else {
                let (tip, foot) = if plot.high_is_good { (4.0, -5.0) } else { (-4.0, 5.0) };
                context.set_fill_style_str(colour);
                context.move_to(x, y + tip);
                context.line_to(x + 4.0, y + foot);
                context.line_to(x - 4.0, y + foot);
                context.fill();
            }
            return;
        }
        if !self.kind.has_lines() {
            let radius = if trial.state == Some(TrialState::Stopped) { RADIUS.1 } else { RADIUS.0 };
            context.set_fill_style_str(colour);
            self.kind.corners(trial, axes, &mut |x, y| {
                // A circle's radius is not negative.
                let _drawn = context.arc(plot.x.at(x), plot.y.at(y), radius, 0.0, TAU);
            });
            return context.fill();
        }
        context.set_stroke_style_str(colour);
        context.set_line_width(1.0);
        let mut is_first = true;
        self.kind.corners(trial, axes, &mut |x, y| {
            let (x, y) = (plot.x.at(x), plot.y.at(y));
            if std::mem::take(&mut is_first) {
                context.move_to(x, y);
            } else {
                context.line_to(x, y);
            }
        });
        // In a whole picture some are drawn together.
        if only.is_none() {
            context.stroke();
        }
    }
}
