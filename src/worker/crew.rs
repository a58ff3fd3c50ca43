//! How many trainers there are, and how much memory each may take. Pure.

/// What is known of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Hardware threads.
    pub threads: u32,
    /// Whether it is a phone.
    pub phone: bool,
    /// Whether one more trainer makes lists beside the run's.
    pub lists: bool,
}

/// A phone gets warm and short of memory long before it runs out of threads. The trainer that makes lists is one of them.
const PHONE_TRAINERS: u32 = 2;

/// What a fit has beside the split is as large again, and so is the data that the conductor holds, with what it cuts it by.
const COPIES: u64 = 2;

impl Machine {
    /// Trainers for data of any usual size: one thread is left to the page, but not one of two. A page that computes nothing
    /// would leave half of that machine idle.
    #[must_use]
    pub fn trainers(self) -> u32 {
        let (least, most) = match self.phone {
            true => (1, PHONE_TRAINERS - u32::from(self.lists)),
            false => (self.threads.clamp(1, 2), u32::MAX),
        };
        self.threads.saturating_sub(1).clamp(least, most)
    }

    /// Trainers for a split of so many bytes: each has a copy of its own, and the conductor has the data.
    #[must_use]
    pub fn trainers_for(self, split_bytes: u64) -> u32 {
        let left = (self.memory_mib() << 20).saturating_sub(COPIES * split_bytes);
        let fit = left / (COPIES * split_bytes).max(1);
        self.trainers().min(u32::try_from(fit).unwrap_or(u32::MAX)).max(1)
    }

    /// Memory that the data may take in all workers together, in MiB: what browsers give a tab without complaint.
    fn memory_mib(self) -> u64 {
        if self.phone { 384 } else { 1_024 }
    }

    /// Memory that one model may take, in MiB. A WebAssembly instance ends at 4,096, which holds the data as well.
    #[must_use]
    pub fn model_limit_mib(self) -> u64 {
        if self.phone { 256 } else { 1_024 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_is_left_to_the_page_but_not_one_of_two() {
        let trainers = |threads, phone| Machine { threads, phone, lists: false }.trainers();
        assert_eq!([0, 1, 2, 3, 16].map(|threads| trainers(threads, false)), [1, 1, 2, 2, 15]);
        assert_eq!([1, 2, 8].map(|threads| trainers(threads, true)), [1, 1, 2]);
        let beside_lists = |phone| Machine { threads: 8, phone, lists: true }.trainers();
        assert_eq!([beside_lists(true), beside_lists(false)], [1, 7]);
    }

    #[test]
    fn large_data_gets_fewer() {
        let machine = Machine { threads: 9, phone: false, lists: false };
        assert_eq!(machine.trainers_for(0), 8);
        assert_eq!(machine.trainers_for(2 << 20), 8);
        assert_eq!(machine.trainers_for(64 << 20), 7);
        assert_eq!(machine.trainers_for(120 << 20), 3);
        assert_eq!(machine.trainers_for(200 << 20), 1);
        assert_eq!(machine.trainers_for(4 << 30), 1);
    }
}
