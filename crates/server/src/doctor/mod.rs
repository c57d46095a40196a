//! `convene doctor`: looks at a server's surroundings and says what is wrong, why it matters and how to mend it.
//!
//! It changes nothing: a data folder that is not there is not made, a stale certificate is not renewed. With a running
//! server it looks at what that one really does; without one at what the next `convene serve` with the same settings
//! would meet. Each check is a module that gives findings; nothing here is used by the server itself.

pub mod call;
mod certificates;
mod clock;
mod disk;
mod http;
mod media_path;
mod ports;
mod public_url;
pub mod report;
mod settings;
mod subject;
mod trust;

pub use report::{Finding, Report, State};
pub use subject::Subject;

/// Looks at everything; makes a call, too, if `with_call`.
pub async fn examine(subject: &Subject, with_call: bool) -> Report {
    let mut findings = settings::examine(subject);
    findings.extend(ports::examine(subject).await);
    findings.extend(media_path::examine(subject).await);
    findings.extend(clock::examine(subject).await);
    findings.extend(disk::examine(subject).await);
    findings.extend(certificates::examine(subject).await);
    findings.extend(public_url::examine(subject).await);
    let mut timeline = None;
    if with_call {
        match call::make(subject).await {
            Ok((finding, made)) => {
                findings.push(finding);
                timeline = Some(made);
            }
            Err(finding) => findings.push(finding),
        }
    }
    Report::new(subject.title(), findings, timeline)
}
