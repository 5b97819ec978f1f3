//! Links between the pages of this repository.

use super::{Finding, Tree, has_extension};

/// Every relative link of every Markdown page leads to a file or folder of the repository.
pub(super) fn resolve(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (page, text) in &tree.texts {
        if !has_extension(page, "md") || page.starts_with("fixtures/") {
            continue;
        }
        for (line, target) in targets(text) {
            if !exists(tree, page, target) {
                findings.push(Finding::on_line(
                    page,
                    line,
                    format!("{target} does not exist"),
                ));
            }
        }
    }
    findings
}

/// The relative targets of inline links, with their lines. Code is left out.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            let spans = line.split('`').step_by(2);
            // A link whose text is code, as in [`name`](target), has its target in a later span.
            let links = spans.flat_map(|span| span.split("](").skip(1));
            let paths = links.filter_map(|link| link.split([')', ' ', '#']).next());
            targets.extend(
                paths
                    .filter(|path| is_relative(path))
                    .map(|path| (index + 1, path)),
            );
        }
    }
    targets
}

fn is_relative(target: &str) -> bool {
    !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
}

/// Resolves a target against its page; one that begins with a slash against the root.
fn exists(tree: &Tree, page: &str, target: &str) -> bool {
    let mut path: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => page
            .rsplit_once('/')
            .map_or_else(Vec::new, |(folder, _)| folder.split('/').collect()),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                if path.pop().is_none() {
                    return false;
                }
            }
            name => path.push(name),
        }
    }
    let path = path.join("/");
    let folder = format!("{path}/");
    path.is_empty()
        || tree.paths.contains(&path)
        || tree
            .paths
            .range(folder.clone()..)
            .next()
            .is_some_and(|next| next.starts_with(&folder))
}
