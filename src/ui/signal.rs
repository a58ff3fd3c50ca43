//! Leptos' signals, with one type behind all of them.
//!
//! A signal of Leptos is code of its own for each type of value: how it is made, read, compared, marked and dropped. Here
//! values are shared behind one type, so that a further signal costs its comparison and little else. What is known at
//! compile time is still known here: [`Signal`] and [`Memo`] bear the type of their value.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude as graph;
use leptos::prelude::{Get, GetUntracked, GetValue, Notify, Track, untrack};

type Shared = Arc<dyn Any + Send + Sync>;

/// A value that views follow. Copies share it.
pub struct Signal<T> {
    shared: graph::RwSignal<Shared>,
    value: PhantomData<fn() -> T>,
}

/// A value that is made of others and follows them. Who reads it hears only of changes that make it another.
pub struct Memo<T> {
    made: graph::Memo<Made>,
    value: PhantomData<fn() -> T>,
}

/// A value that nobody follows, which may belong to the browser. Copies share it.
pub struct Kept<T> {
    kept: graph::StoredValue<Rc<dyn Any>, graph::LocalStorage>,
    value: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// A signal that begins with a value.
    pub fn new(value: T) -> Self {
        Self { shared: new_signal(Arc::new(RwLock::new(value))), value: PhantomData }
    }

    /// Reads the value where it is. Who reads follows it.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&lock_of::<T>(&*tracked(self.shared)).read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the value without following it.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&lock_of::<T>(&*untracked(self.shared)).read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the value where it is, and tells everyone who follows it. Nothing happens if the part of the page that the
    /// signal belonged to is gone: the browser may have something to say to it still.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(shared) = there(self.shared) {
            change(&mut lock_of::<T>(&*shared).write().unwrap_or_else(PoisonError::into_inner));
            notify(self.shared);
        }
    }

    /// Puts another value in place of it, as [`Self::update`] does.
    pub fn set(self, value: T) {
        self.update(|before| *before = value);
    }
}

impl<T: Clone + Send + Sync + 'static> Signal<T> {
    /// The value. Who reads follows it.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, without following it.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// A value that is made anew when what making it reads has changed.
    pub fn new(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { made: new_memo(Box::new(move || Made(Arc::new(make())))), value: PhantomData }
    }

    /// Follows the value without a look at it.
    pub fn track(self) {
        self.made.track();
    }

    /// Reads the value where it is, without following it.
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        untrack(|| self.with(read))
    }

    /// Reads the value where it is. Who reads follows it.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let made = made(self.made);
        let value: &dyn Any = &*made.0;
        read(value.downcast_ref().expect("a memo makes values of its type"))
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Memo<T> {
    /// The value. Who reads follows it.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, without following it.
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

impl<T: 'static> Kept<T> {
    /// Keeps a value.
    pub fn new(value: T) -> Self {
        Self { kept: new_kept(Rc::new(RefCell::new(value))), value: PhantomData }
    }

    /// Reads the value where it is.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let kept = kept(self.kept);
        let cell: &RefCell<T> = kept.downcast_ref().expect("what is kept is of its type");
        read(&cell.borrow())
    }

    /// Keeps another value in place of it, which is given back.
    pub fn replace(self, value: T) -> T {
        let kept = kept(self.kept);
        let cell: &RefCell<T> = kept.downcast_ref().expect("what is kept is of its type");
        cell.replace(value)
    }

    /// Keeps another value in place of it.
    pub fn set(self, value: T) {
        drop(self.replace(value));
    }
}

impl<T: Clone + 'static> Kept<T> {
    /// The value.
    pub fn get(self) -> T {
        self.with(T::clone)
    }
}

/// Runs something soon, and again whenever what it has read changes, for as long as the part of the page stands that it
/// belongs to.
pub fn effect(act: impl FnMut() + 'static) {
    new_effect(Box::new(act));
}

// None of what follows knows the type of a value, so there is one of each.

/// What a memo has made.
#[derive(Clone)]
struct Made(Arc<dyn Value>);

trait Value: Any + Send + Sync {
    fn is_same(&self, other: &dyn Any) -> bool;
}

impl<T: PartialEq + Send + Sync + 'static> Value for T {
    fn is_same(&self, other: &dyn Any) -> bool {
        other.downcast_ref().is_some_and(|other| self == other)
    }
}

impl PartialEq for Made {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_same(&*other.0)
    }
}

fn new_signal(value: Shared) -> graph::RwSignal<Shared> {
    graph::RwSignal::new(value)
}

fn new_memo(make: Box<dyn Fn() -> Made + Send + Sync>) -> graph::Memo<Made> {
    graph::Memo::new(move |_| make())
}

fn new_kept(value: Rc<dyn Any>) -> graph::StoredValue<Rc<dyn Any>, graph::LocalStorage> {
    graph::StoredValue::new_local(value)
}

fn new_effect(act: Box<dyn FnMut()>) {
    graph::Effect::new(act);
}

#[inline(never)]
fn tracked(signal: graph::RwSignal<Shared>) -> Shared {
    signal.get()
}

#[inline(never)]
fn untracked(signal: graph::RwSignal<Shared>) -> Shared {
    signal.get_untracked()
}

#[inline(never)]
fn there(signal: graph::RwSignal<Shared>) -> Option<Shared> {
    signal.try_get_untracked()
}

#[inline(never)]
fn notify(signal: graph::RwSignal<Shared>) {
    signal.notify();
}

#[inline(never)]
fn made(memo: graph::Memo<Made>) -> Made {
    memo.get()
}

#[inline(never)]
fn kept(kept: graph::StoredValue<Rc<dyn Any>, graph::LocalStorage>) -> Rc<dyn Any> {
    kept.get_value()
}

fn lock_of<T: 'static>(shared: &(dyn Any + Send + Sync)) -> &RwLock<T> {
    shared.downcast_ref().expect("a signal keeps values of its type")
}

// Derived, these would ask the same of `T`.
macro_rules! shared_by_copies {
    ($($name:ident),*) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

shared_by_copies!(Signal, Memo, Kept);
