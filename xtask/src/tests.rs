use crate::bench;
use crate::test::{Tally, result_line};

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
fn only_listed_benchmarks_are_known() {
    assert!(bench::is_known("consent"));
    assert!(!bench::is_known("--json"));
    assert!(!bench::is_known(""));
}
