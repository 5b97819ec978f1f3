//! CPU time.

use std::fs;
use std::io;
use std::thread;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;
use rustix::time::{ClockId, clock_gettime};

/// User and system time of a process and all its threads so far, in steps of a clock tick
/// (usually 10 ms).
pub(crate) fn of_process(id: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name of the program stands in parentheses and may hold anything.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let ticks: u64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_micros(
        ticks * 1_000_000 / clock_ticks_per_second(),
    ))
}

/// User and system time of this thread so far.
pub(crate) fn of_thread() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap_or_default(),
        time.tv_nsec.try_into().unwrap_or_default(),
    )
}

/// Calls `work` over and over for about `span` of CPU time and says how often in a CPU-second.
pub(crate) fn rate(span: Duration, mut work: impl FnMut()) -> f64 {
    const CALLS: usize = 16;
    let begin = of_thread();
    let mut calls = 0;
    loop {
        for _ in 0..CALLS {
            work();
        }
        calls += CALLS;
        let used = of_thread().saturating_sub(begin);
        if used >= span {
            return crate::statistics::per_second(calls, used);
        }
    }
}

/// The mean of [`rate`] on all cores at once: what a server that keeps them busy competes with.
pub(crate) fn rate_on_all_cores(span: Duration, work: impl Fn() + Sync) -> f64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|_| scope.spawn(|| rate(span, &work)))
            .collect();
        let rates = threads
            .into_iter()
            .map(|thread| thread.join().expect("the work does not panic"));
        rates.sum::<f64>() / crate::statistics::float(cores)
    })
}
