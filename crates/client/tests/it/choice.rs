//! What may be chosen.

use assent_client::choice::{check, is_within};
use assent_exchange::consent::state::{Offer, OfferedDataset};
use assent_model::records::consent::ResourceSet;

use crate::cast::{DATASET, OPTIONAL, REQUIRED, UNASKED, name, resources};

fn offer() -> Offer {
    let offered = OfferedDataset {
        required: [name(REQUIRED)].into(),
        optional: [name(OPTIONAL)].into(),
    };
    Offer::from([(name(DATASET), offered)])
}

#[track_caller]
fn check_choice(chosen: &ResourceSet, expected: Result<(), &str>) {
    let outcome = check(chosen, &offer()).map_err(|error| error.to_string());
    assert_eq!(outcome, expected.map_err(str::to_owned), "{chosen:?}");
}

const NOT_OFFERED: Result<(), &str> = Err("something was chosen that is not offered");
const MISSING: Result<(), &str> = Err("a concept that the purpose requires was left out");

#[test]
fn all_required_and_nothing_else_than_offered() {
    check_choice(&resources(&[REQUIRED]), Ok(()));
    check_choice(&resources(&[REQUIRED, OPTIONAL]), Ok(()));
    check_choice(&resources(&[OPTIONAL]), MISSING);
    check_choice(&ResourceSet::new(), MISSING);
    check_choice(&resources(&[REQUIRED, UNASKED]), NOT_OFFERED);
    check_choice(&resources(&[]), NOT_OFFERED);
    let mut other_dataset = resources(&[REQUIRED]);
    other_dataset.insert(name("others"), [name(REQUIRED)].into());
    check_choice(&other_dataset, NOT_OFFERED);
}

#[test]
fn within_is_by_dataset() {
    let wide = resources(&[REQUIRED, OPTIONAL]);
    assert!(is_within(&ResourceSet::new(), &wide));
    assert!(is_within(&resources(&[REQUIRED]), &wide));
    assert!(is_within(&wide, &wide));
    assert!(!is_within(&wide, &resources(&[REQUIRED])));
    let elsewhere = ResourceSet::from([(name("others"), [name(REQUIRED)].into())]);
    assert!(!is_within(&elsewhere, &wide));
}
