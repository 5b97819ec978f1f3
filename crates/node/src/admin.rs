//! The admin port: health, readiness, metrics. Loopback unless set otherwise, and never on the
//! port that the world reaches.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

use crate::node::Node;

#[derive(Clone)]
struct Admin {
    node: Arc<Node>,
    metrics: PrometheusHandle,
}

/// The recorder of this process: there can only be one, however many nodes a test starts.
fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            // A program that embeds the node may have installed its own; then ours stays empty.
            let _ = metrics::set_global_recorder(recorder);
            handle
        })
        .clone()
}

/// `/healthz`, `/readyz` and `/metrics`.
pub(crate) fn router(node: Arc<Node>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .with_state(Admin {
            node,
            metrics: recorder(),
        })
}

/// Ready while the store takes writes.
async fn ready(State(admin): State<Admin>) -> (StatusCode, &'static str) {
    if admin.node.intake.is_open() {
        (StatusCode::OK, "ready\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the store does not take writes\n",
        )
    }
}

async fn render(State(admin): State<Admin>) -> String {
    let head = admin.node.head.borrow().header.clone();
    #[expect(
        clippy::cast_precision_loss,
        reason = "gauges are floats; heights stay far below 2^52"
    )]
    {
        metrics::gauge!("assent_block_height").set(head.height as f64);
        metrics::gauge!("assent_log_size").set(head.log_size as f64);
    }
    admin.metrics.render()
}
