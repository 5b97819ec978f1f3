use assent_ledger::engine::{Action, Engine, LocalEngine, LocalLimits, Overloaded, Proposal};
use assent_ledger::sequencer::Sequencer;
use assent_model::time::Timestamp;

use crate::store::{GENESIS, Store, execute};
use crate::toy::Command;

fn engine() -> LocalEngine<Command> {
    LocalEngine::new(LocalLimits {
        block_commands_max: 2,
        waiting_commands_max: 3,
    })
}

fn execution(time: u64, commands: &[Command]) -> Action<Command> {
    let time = Timestamp::from_millis(time);
    Action::Execute(Proposal {
        time,
        commands: commands.to_vec(),
    })
}

fn poll(engine: &mut LocalEngine<Command>, now: u64) -> Option<Action<Command>> {
    engine.poll(Timestamp::from_millis(now))
}

#[test]
fn commands_are_proposed_in_the_order_they_came_one_block_at_a_time() {
    let [one, two, three] = [1, 2, 3].map(|by| Command::Add("ada", by));
    let mut engine = engine();
    let header = Sequencer::<crate::toy::Toy>::new(GENESIS).head().clone();
    assert_eq!(poll(&mut engine, 10), None, "nothing to do");
    for command in [&one, &two, &three] {
        assert_eq!(engine.submit(command.clone()), Ok(()));
    }
    assert_eq!(engine.submit(one.clone()), Err(Overloaded(one.clone())));
    assert_eq!(
        poll(&mut engine, 11),
        Some(execution(11, &[one.clone(), two]))
    );
    assert_eq!(poll(&mut engine, 12), None, "the block is being executed");
    assert_eq!(engine.submit(one.clone()), Ok(()), "there is room again");
    engine.executed(&header);
    assert_eq!(poll(&mut engine, 13), Some(Action::Commit));
    assert_eq!(
        poll(&mut engine, 14),
        None,
        "the block is being made durable"
    );
    engine.committed();
    assert_eq!(poll(&mut engine, 15), Some(execution(15, &[three, one])));
}

#[test]
fn an_empty_block_is_made_for_who_waits() {
    let mut engine = engine();
    engine.request_block();
    engine.request_block();
    assert_eq!(poll(&mut engine, 10), Some(execution(10, &[])));
    let header = Sequencer::<crate::toy::Toy>::new(GENESIS).head().clone();
    engine.executed(&header);
    // Who asks now wants a block that begins after the question.
    engine.request_block();
    assert_eq!(poll(&mut engine, 11), Some(Action::Commit));
    engine.committed();
    assert_eq!(poll(&mut engine, 12), Some(execution(12, &[])));
    engine.executed(&header);
    assert_eq!(poll(&mut engine, 13), Some(Action::Commit));
    engine.committed();
    assert_eq!(poll(&mut engine, 14), None);
}

/// How a driver joins engine, sequencer and store.
#[test]
fn what_is_submitted_is_executed_and_kept() {
    let mut engine = engine();
    let mut store = Store::default();
    let mut sequencer = Sequencer::new(GENESIS);
    let mut now = 2_000;
    for by in 1..=9 {
        engine
            .submit(Command::Add("ada", by))
            .expect("there is room");
        let mut done = Vec::new();
        while let Some(action) = poll(&mut engine, now) {
            match action {
                Action::Execute(Proposal { time, commands }) => {
                    let block;
                    (sequencer, block, _) =
                        execute(sequencer, &mut store, time.as_millis(), &commands);
                    engine.executed(&block.header);
                    done.push(block);
                }
                Action::Commit => engine.committed(),
            }
        }
        assert_eq!(done.len(), 1);
        now += 1_000;
    }
    assert_eq!(sequencer.head().log_size, 9);
    assert_eq!(store.head().height, 9);
}
