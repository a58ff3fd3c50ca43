//! A column that grows block by block: what is there stays where it is. One allocation that doubles would hold the old one and
//! the new one at the same time, and WebAssembly's memory never shrinks.

use std::ops::{Index, IndexMut};

/// Bytes of a block: all blocks are of one size, so that one that is given back fits any column.
const BLOCK: usize = 1 << 18;

/// Values of four or eight bytes, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Column<T> {
    /// All but the last are full.
    blocks: Vec<Vec<T>>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T: Copy> Column<T> {
    /// Values of a full block.
    const MOST: usize = BLOCK / size_of::<T>();

    /// How many values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * Self::MOST + last.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Adds a value.
    #[inline(always)]
    pub fn push(&mut self, value: T) {
        match self.blocks.last_mut() {
            Some(last) if last.len() < Self::MOST => last.push(value),
            _ => self.open(value),
        }
    }

    #[cold]
    fn open(&mut self, value: T) {
        // Small data takes little: only the first block grows as it is filled.
        let mut block = Vec::with_capacity(if self.blocks.is_empty() { 0 } else { Self::MOST });
        block.push(value);
        self.blocks.push(block);
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = T> + Clone + '_ {
        // By place: two loops in one make several times the code.
        (0..self.len()).map(|at| self[at])
    }

    /// Changes each value.
    pub fn change(&mut self, change: impl Fn(T) -> T) {
        for block in &mut self.blocks {
            block.iter_mut().for_each(|value| *value = change(*value));
        }
    }

    /// Keeps the first `len` values.
    pub fn truncate(&mut self, len: usize) {
        self.blocks.truncate(len.div_ceil(Self::MOST));
        if let Some(last) = self.blocks.last_mut().filter(|_| !len.is_multiple_of(Self::MOST)) {
            last.truncate(len % Self::MOST);
        }
    }

    /// The values' blocks, one after the other; each is given back when the next one is asked for.
    pub fn into_blocks(self) -> impl Iterator<Item = Vec<T>> {
        self.blocks.into_iter()
    }

    /// All values in one piece.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        let mut all = Vec::with_capacity(self.len());
        self.into_blocks().for_each(|block| all.extend_from_slice(&block));
        all
    }

    /// The values at some places.
    #[must_use]
    pub fn gathered(self, places: &[u32]) -> Self {
        places.iter().map(|&place| self[place as usize]).collect()
    }
}

impl<T: Copy> Index<usize> for Column<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, at: usize) -> &T {
        &self.blocks[at / Self::MOST][at % Self::MOST]
    }
}

impl<T: Copy> IndexMut<usize> for Column<T> {
    #[inline(always)]
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.blocks[at / Self::MOST][at % Self::MOST]
    }
}

impl<T: Copy> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut column = Self::default();
        values.into_iter().for_each(|value| column.push(value));
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_one_column() {
        for len in [0, 1, 5, Column::<u32>::MOST - 1, Column::<u32>::MOST, 2 * Column::<u32>::MOST + 3] {
            let values: Vec<u32> = (0..len as u32).rev().collect();
            let mut column: Column<u32> = values.iter().copied().collect();
            assert_eq!((column.len(), column.is_empty()), (len, len == 0));
            assert!((0..len).all(|at| column[at] == values[at]));
            assert_eq!(column.clone().into_vec(), values);
            let places: Vec<u32> = (0..len as u32).step_by(3).collect();
            let gathered = column.clone().gathered(&places);
            assert!(gathered.iter().eq(values.iter().copied().step_by(3)));
            column.change(|value| value + 1);
            for shorter in [len, len / 2, len / 3, 0] {
                column.truncate(shorter);
                assert_eq!(column.len(), shorter);
                assert!(column.iter().eq(values[..shorter].iter().map(|value| value + 1)));
            }
            column.push(9);
            assert_eq!((column.len(), column[0]), (1, 9));
        }
    }

    #[test]
    fn a_full_column_grows_by_whole_blocks_only() {
        let column: Column<i64> = (0..100_000).collect();
        assert!(column.blocks.iter().all(|block| block.capacity() * size_of::<i64>() == BLOCK));
    }
}
