//! The guided demonstration: stories that are told by doing them.
//!
//! A story starts with a node on an empty directory, a process of its own. Everybody in it is an
//! agent with keys of its own that talks over HTTP alone. Each step says what it did and checks
//! what must hold afterwards; the first that does not ends the demonstration.

mod browser;
mod checks;
mod form;
mod guest;
mod home;
mod household;
mod insights;
mod letters;
mod narrator;
mod node_process;
mod program;
mod service;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;
use serde::Serialize;

use crate::commands::stop::StopSignal;
use crate::failure::{Doing, Failure};
use crate::output::{Lines, Output};
use narrator::Narrator;
use node_process::NodeProcess;
use program::Program;

/// What can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Story {
    /// A household shares meter readings with an energy adviser, and takes them back
    Household,
    /// The household and the adviser open their pages in a browser
    Home,
    /// The household pairs its meter, lets a service see it live, and shuts it out
    Insights,
}

impl Story {
    /// All stories, in the order in which they are told.
    pub(crate) const ALL: &[Self] = &[Self::Household, Self::Home, Self::Insights];
}

/// What is wanted of the demonstration.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Stop at the end.
    pub(crate) once: bool,
    /// Where evidence goes; a folder that is thrown away otherwise.
    pub(crate) out: Option<PathBuf>,
    /// What to tell.
    pub(crate) stories: Vec<Story>,
}

/// What a story has to work with.
struct Stage<'a> {
    /// The node.
    url: &'a str,
    /// A folder for key files.
    folder: &'a Path,
    /// A folder for evidence.
    out: &'a Path,
    narrator: &'a mut Narrator,
}

/// What a story leaves.
#[derive(Debug, Serialize)]
struct Told {
    story: &'static str,
    /// What was counted, in the order of the summary.
    figures: Vec<Figure>,
    /// The evidence bundle.
    #[serde(skip)]
    bundle: PathBuf,
    /// Whose log it is from.
    operator: String,
    /// What to look at while the node goes on.
    #[serde(skip)]
    doors: Vec<Door>,
    /// What goes on as long as the node does.
    #[serde(skip)]
    programs: Vec<Program>,
}

/// A link that opens somebody's pages, once and within ten minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Door {
    what: &'static str,
    url: String,
}

/// Something that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Figure {
    what: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Summary {
    told: Vec<Told>,
    /// Where the evidence is, where it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<PathBuf>,
    steps: usize,
    millis: u128,
}

/// Tells the stories of a plan.
pub(crate) async fn run(plan: Plan, output: Output) -> Result<(), Failure> {
    let begun = Instant::now();
    let scratch = tempfile::Builder::new().prefix("assent-demo-").tempdir();
    let scratch = scratch.doing("a folder for the demonstration cannot be made")?;
    let out = plan
        .out
        .clone()
        .unwrap_or_else(|| scratch.path().join("evidence"));
    fs::create_dir_all(&out).doing(format!("the folder {} cannot be made", out.display()))?;
    let mut narrator = Narrator::new(output);
    let mut told = Vec::new();
    let mut nodes = Vec::new();
    for story in &plan.stories {
        let folder = scratch.path().join(format!("{story:?}").to_lowercase());
        fs::create_dir(&folder).doing("a folder for the story cannot be made")?;
        let (node, mut left) = tell(*story, &folder, &out, &mut narrator).await?;
        if plan.once {
            left.programs.clear();
            verify_without_node(node, &left, &mut narrator).await?;
        } else {
            checks::verify(&left.bundle, &left.operator).await?;
            narrator.step("anyone", "verifies the evidence", "every byte of it holds");
            nodes.push(node);
        }
        told.push(left);
    }
    let summary = Summary {
        told,
        evidence: plan.out,
        steps: narrator.steps(),
        millis: begun.elapsed().as_millis(),
    };
    summarise(&summary, &narrator, output)?;
    if plan.once {
        Ok(())
    } else {
        let doors = summary.told.iter().flat_map(|told| &told.doors);
        linger(nodes, doors, &narrator).await
    }
}

/// Starts a node and tells a story at it.
async fn tell(
    story: Story,
    folder: &Path,
    out: &Path,
    narrator: &mut Narrator,
) -> Result<(NodeProcess, Told), Failure> {
    narrator.title(match story {
        Story::Household => "A household, a meter archive and an energy adviser",
        Story::Home => "Their pages in a browser",
        Story::Insights => "A meter, read live until the household ends it",
    });
    let node = NodeProcess::start(&folder.join("node")).await?;
    narrator.step("operator", "starts a node on an empty directory", &node.url);
    let mut stage = Stage {
        url: &node.url,
        folder,
        out,
        narrator,
    };
    let told = match story {
        Story::Household => household::tell(&mut stage).await?,
        Story::Home => home::tell(&mut stage).await?,
        Story::Insights => insights::tell(&mut stage).await?,
    };
    Ok((node, told))
}

/// Stops the node, and verifies the evidence it left as a stranger would: in a process of its own
/// that knows the operator's name and nothing else. A copy with one bit changed must not pass.
async fn verify_without_node(
    node: NodeProcess,
    told: &Told,
    narrator: &mut Narrator,
) -> Result<(), Failure> {
    node.stop().await?;
    narrator.step("operator", "stops the node", "in order");
    checks::verify(&told.bundle, &told.operator).await?;
    narrator.step(
        "anyone",
        "verifies the evidence, with no node",
        "every byte of it holds",
    );
    let changed = checks::refuses_changed(&told.bundle, &told.operator).await?;
    narrator.refused("anyone", "verifies it with one bit changed", &changed);
    Ok(())
}

fn summarise(summary: &Summary, narrator: &Narrator, output: Output) -> Result<(), Failure> {
    output.answer(summary, |summary| {
        let mut lines = Lines::from(narrator.heading("Summary"));
        for told in &summary.told {
            for figure in &told.figures {
                lines.push(format_args!("  {:<46} {}", figure.what, figure.value));
            }
        }
        if let Some(folder) = &summary.evidence {
            lines.push(format_args!("  {:<46} {}", "evidence", folder.display()));
        }
        let (seconds, tenths) = (summary.millis / 1000, summary.millis % 1000 / 100);
        lines.push(format_args!("  {:<46} {seconds}.{tenths} s", "time"));
        lines.push(format_args!(
            "\nAll {} steps did what they should.",
            summary.steps
        ));
        lines.into()
    })
}

/// Keeps the nodes until the user has seen enough.
async fn linger(
    nodes: Vec<NodeProcess>,
    doors: impl Iterator<Item = &Door>,
    narrator: &Narrator,
) -> Result<(), Failure> {
    for Door { what, url } in doors {
        narrator.note(&format!("{what} (once, within ten minutes): {url}"))?;
    }
    for node in &nodes {
        narrator.note(&format!("The node goes on at {} until ctrl-c.", node.url))?;
    }
    StopSignal::listen()?.wait().await;
    for node in nodes {
        node.stop().await?;
    }
    Ok(())
}
