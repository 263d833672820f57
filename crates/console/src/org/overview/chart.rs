//! The day as a drawing: a bar for each hour, what failed at its foot, and how long answers took below. The numbers are in a
//! table beside it.

use std::time::Duration;

use wicketgate_domain::{Activity, LATENCIES};

/// The width of an hour, in units of the drawing.
const STEP: u64 = 20;
/// The height of the highest bar.
const HEIGHT: u64 = 100;
/// The height of the mark for the longest answers.
const TALLEST: u64 = 40;

/// What is drawn.
pub(super) struct Chart {
    pub(super) width: u64,
    pub(super) bars: Vec<Bar>,
    /// The drawing in a sentence.
    pub(super) text: String,
}

/// One hour of it.
pub(super) struct Bar {
    pub(super) x: u64,
    /// The whole bar.
    pub(super) top: u64,
    pub(super) height: u64,
    /// Of it what failed, at the foot.
    pub(super) failed_top: u64,
    pub(super) failed: u64,
    /// How long answers took: one step for each bound.
    pub(super) latency_top: u64,
    pub(super) latency: u64,
}

impl Chart {
    /// Draws these hours.
    pub(super) fn of(hours: &[Activity]) -> Self {
        let most = hours.iter().map(Activity::requests).max().unwrap_or_default();
        let bars: Vec<Bar> = hours
            .iter()
            .zip((0..).step_by(usize::try_from(STEP).unwrap_or(1)))
            .map(|(hour, x)| bar(hour, x, most))
            .collect();
        let requests: u64 = hours.iter().map(Activity::requests).sum();
        let failures: u64 = hours.iter().map(|hour| hour.failures).sum();
        Self {
            width: STEP * hours.len() as u64,
            bars,
            text: format!(
                "{requests} {} in 24 hours, of which {failures} failed; at most {most} in one hour.",
                if requests == 1 { "request" } else { "requests" }
            ),
        }
    }
}

fn bar(hour: &Activity, x: u64, most: u64) -> Bar {
    let scaled = |count: u64| {
        if count == 0 || most == 0 {
            0
        } else {
            // What there is can be seen, however little it is.
            (count * HEIGHT / most).max(2)
        }
    };
    let failed = scaled(hour.failures);
    let height = scaled(hour.requests()).max(failed);
    let latency = if hour.requests() == 0 {
        0
    } else {
        let steps = LATENCIES.len() as u64 + 1;
        let reached = hour.within(95).and_then(|bound| {
            LATENCIES
                .iter()
                .position(|known| *known == bound)
                .map(|position| position as u64 + 1)
        });
        reached.unwrap_or(steps) * TALLEST / steps
    };
    Bar {
        x,
        top: HEIGHT - height,
        height,
        failed_top: HEIGHT - failed,
        failed,
        latency_top: TALLEST - latency,
        latency,
    }
}

/// A bound in words.
pub(super) fn duration(bound: Duration) -> String {
    if bound < Duration::from_secs(1) {
        format!("{} ms", bound.as_millis())
    } else {
        format!("{} s", bound.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn hour(changes: u64, failures: u64, latencies: [u64; 5]) -> Activity {
        Activity {
            start: Timestamp::UNIX_EPOCH,
            changes,
            lookups: 0,
            failures,
            latencies,
        }
    }

    #[test]
    fn bars_are_as_high_as_their_share_of_the_busiest_hour() {
        let chart = Chart::of(&[
            hour(0, 0, [0; 5]),
            hour(90, 10, [100, 0, 0, 0, 0]),
            hour(1, 0, [0, 0, 0, 0, 1]),
        ]);
        let heights: Vec<_> = chart
            .bars
            .iter()
            .map(|bar| (bar.x, bar.height, bar.failed, bar.latency))
            .collect();
        assert_eq!(heights, [(0, 0, 0, 0), (20, 100, 10, 8), (40, 2, 0, 40)]);
        assert_eq!(chart.width, 60);
        assert_eq!(
            chart.text,
            "101 requests in 24 hours, of which 10 failed; at most 100 in one hour."
        );
    }

    #[test]
    fn a_day_without_requests_can_be_drawn() {
        let chart = Chart::of(&[hour(0, 0, [0; 5])]);
        assert_eq!(chart.bars[0].height, 0);
    }
}
