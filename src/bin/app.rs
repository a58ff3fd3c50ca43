//! The page's program: mounts `rectune::ui` and nothing else.

fn main() {
    rectune::ui::mount();
}
