//! How many requests are in flight: more while the server answers more for it, fewer when it
//! says that it is busy.

use std::time::Duration;

/// A wider window has to bring so much more than the best one before it.
const GAIN: f64 = 1.05;
/// Rounds without gain before a wider window is tried again: the server may have got free.
const REST: u32 = 8;

/// Invariant: `1 <= window <= most`.
pub(super) struct Pace {
    window: usize,
    most: usize,
    /// Twice as many each round, until the server does not keep up for the first time.
    doubling: bool,
    /// Replies of this round, and the time that they took together.
    replies: u32,
    took: Duration,
    /// Replies a second of the best window so far.
    best: f64,
    resting: u32,
}

impl Pace {
    pub(super) fn new(first: usize, most: usize) -> Self {
        let most = most.max(1);
        Self { window: first.clamp(1, most), most, doubling: true, replies: 0, took: Duration::ZERO, best: 0.0, resting: 0 }
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// A reply came after so long.
    pub(super) fn replied(&mut self, took: Duration) {
        self.replies += 1;
        self.took += took;
        if (self.replies as usize) < self.window {
            return;
        }
        // By Little's law a full window brings this many replies a second.
        let mean = self.took.as_secs_f64() / f64::from(self.replies);
        let rate = self.window as f64 / mean.max(1e-6);
        self.replies = 0;
        self.took = Duration::ZERO;
        if rate > self.best * GAIN || self.resting >= REST {
            self.best = rate;
            self.resting = 0;
            self.widen();
        } else {
            self.doubling = false;
            self.resting += 1;
        }
    }

    /// The server had no room for a request.
    pub(super) fn refused(&mut self) {
        self.window = (self.window / 2).max(1);
        self.doubling = false;
        self.replies = 0;
        self.took = Duration::ZERO;
        self.best = 0.0;
        self.resting = 0;
    }

    fn widen(&mut self) {
        let step = if self.doubling { self.window } else { (self.window / 8).max(1) };
        self.window = (self.window + step).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    /// A server that works on so many requests at once, 200 ms each; others wait.
    fn run(pace: &mut Pace, slots: usize, rounds: usize) {
        for _ in 0..rounds {
            let window = pace.window();
            for _ in 0..window {
                pace.replied(Duration::from_millis(200).mul_f64((window as f64 / slots as f64).max(1.0)));
            }
        }
    }

    #[test]
    fn it_grows_as_long_as_that_helps() {
        let mut pace = Pace::new(16, 256);
        run(&mut pace, 64, 3);
        assert!((64..=128).contains(&pace.window()), "{}", pace.window());
        run(&mut pace, 64, 20);
        assert!((64..=192).contains(&pace.window()), "{}", pace.window());
        let mut pace = Pace::new(16, 64);
        run(&mut pace, 1000, 9);
        assert_eq!(pace.window(), 64);
    }

    #[test]
    fn it_shrinks_when_told_and_grows_again() {
        let mut pace = Pace::new(16, 64);
        (0..10).for_each(|_| pace.refused());
        assert_eq!(pace.window(), 1);
        run(&mut pace, 64, 60);
        assert!(pace.window() > 16, "{}", pace.window());
        assert_eq!(Pace::new(0, 0).window(), 1);
    }
}
