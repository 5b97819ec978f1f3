use crate::bench;
use crate::test::{Tally, result_line, runner_line};

#[test]
fn result_lines_are_counted_and_other_lines_are_not() {
    let check = |line: &str, expected: Option<(usize, usize, usize)>| {
        let expected = expected.map(|(passed, failed, ignored)| Tally {
            passed,
            failed,
            ignored,
        });
        assert_eq!(result_line(line), expected, "{line}");
    };
    check(
        "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.05s",
        Some((12, 0, 1)),
    );
    check(
        "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        Some((1, 2, 0)),
    );
    check("test consent::given ... ok", None);
    check("test result: ok", None);
    check("running 12 tests", None);
}

#[test]
fn lines_of_the_runner_of_node_are_counted_and_other_lines_are_not() {
    let check = |line: &str, expected: Option<(usize, usize, usize)>| {
        let expected = expected.map(|(passed, failed, ignored)| Tally {
            passed,
            failed,
            ignored,
        });
        assert_eq!(runner_line(line), expected, "{line}");
    };
    check("ℹ pass 12", Some((12, 0, 0)));
    check("ℹ fail 2", Some((0, 2, 0)));
    check("ℹ cancelled 1", Some((0, 1, 0)));
    check("ℹ skipped 3", Some((0, 0, 3)));
    check("ℹ tests 18", None);
    check("ℹ duration_ms 1042.5", None);
    check("✔ pass 12 (3.1ms)", None);
}

#[test]
fn only_listed_benchmarks_are_known() {
    assert!(bench::is_known("consent"));
    assert!(!bench::is_known("--json"));
    assert!(!bench::is_known(""));
}
