//! Which rows are neighbours of which, and how similar they are.

/// Another row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbour {
    pub(super) row: u32,
    /// Above zero.
    pub(super) similarity: f32,
}

/// Lists of neighbours. A prediction for all items walks from what is given to what is looked for, and so do the lists: users
/// have those who are their neighbours, items those whose neighbour they are. A user's own items are far fewer than all.
#[derive(Debug, PartialEq)]
pub(super) struct Neighbours {
    /// Whether a list holds those whose neighbour it belongs to.
    turned: bool,
    /// By row, each ascending.
    lists: Vec<Vec<Neighbour>>,
}

impl Neighbours {
    pub(super) fn new(n_rows: u32, turned: bool) -> Self {
        Self { turned, lists: vec![Vec::new(); n_rows as usize] }
    }

    /// Takes the neighbours of the next row, ascending.
    pub(super) fn set(&mut self, row: u32, neighbours: Vec<Neighbour>) {
        if !self.turned {
            self.lists[row as usize] = neighbours;
            return;
        }
        for Neighbour { row: other, similarity } in neighbours {
            let list = &mut self.lists[other as usize];
            if list.len() == list.capacity() {
                // By a quarter and not by twice, since these lists are what a model of items fills memory with.
                list.reserve_exact(16 + list.len() / 4);
            }
            list.push(Neighbour { row, similarity });
        }
    }

    /// Who has the row among the neighbours, if turned, else who those are.
    pub(super) fn list(&self, row: u32) -> &[Neighbour] {
        &self.lists[row as usize]
    }

    /// How similar another row is, if it is among the neighbours of `row`.
    pub(super) fn similarity(&self, row: u32, other: u32) -> Option<f32> {
        let (of, wanted) = if self.turned { (other, row) } else { (row, other) };
        let list = self.list(of);
        let at = list.binary_search_by(|neighbour| neighbour.row.cmp(&wanted)).ok()?;
        Some(list[at].similarity)
    }

    pub(super) fn n_rows(&self) -> usize {
        self.lists.len()
    }
}
