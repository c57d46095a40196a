//! The control socket: a running server answers the CLI on `control.sock` in its data folder. Only the folder's owner can
//! reach it (mode 0600). One connection carries one JSON line each way.

use crate::admin::{Admin, AdminCommand};
use crate::app::AppState;
use convene_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// The longest command, in bytes: an import's users, see `cli/import.rs`. Larger: a mistyped path costs memory. Smaller: imports take more commands.
const LINE_MAX: u64 = 512 * 1024;

/// How long one exchange may take.
const WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Answer {
    Done(Value),
    Refused(String),
}

/// Listens on the socket; an old file of a server that was killed is replaced (the data folder's lock is held already).
///
/// # Errors
/// If the socket cannot be made, for example because the path is too long.
pub fn listen<S: Store>(path: &Path, app: Arc<AppState<S>>) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let app = app.clone();
                    tokio::spawn(async move {
                        if let Ok(Err(error)) = tokio::time::timeout(WITHIN, answer(stream, &app)).await {
                            tracing::warn!(%error, "a command over the control socket was cut off");
                        }
                    });
                }
                Err(error) => tracing::warn!(%error, "the control socket could not accept"),
            }
        }
    });
    Ok(())
}

async fn answer<S: Store>(stream: UnixStream, app: &AppState<S>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LINE_MAX)).read_line(&mut line).await?;
    let admin = Admin {
        store: &*app.store,
        keys: &app.keys,
        settings: &app.settings,
        public_url: &app.public_url,
        live: Some(&app.arrivals),
        listeners: Some(&app.live),
    };
    let answer = match serde_json::from_str::<AdminCommand>(&line) {
        Ok(AdminCommand::Describe {}) => Answer::Done(serde_json::to_value(app.facts())?),
        Ok(command) => {
            let may_add_hosts = matches!(command, AdminCommand::CreateResource { .. });
            match admin.execute(command).await {
                Ok(done) => {
                    app.subscriptions_changed.notify_one();
                    if may_add_hosts {
                        app.look_at_certificates.notify_one();
                    }
                    Answer::Done(done)
                }
                Err(error) => Answer::Refused(error.to_string()),
            }
        }
        Err(error) => {
            Answer::Refused(format!("the server does not know this command ({error}); is it of another version?"))
        }
    };
    let mut text = serde_json::to_string(&answer)?;
    text.push('\n');
    write.write_all(text.as_bytes()).await
}

/// Asks the running server. `None` if none listens on the socket.
///
/// # Errors
/// The server's refusal, or what went wrong on the way, in a sentence.
pub async fn ask(path: &Path, command: &AdminCommand) -> Option<Result<Value, String>> {
    let stream = UnixStream::connect(path).await.ok()?;
    let exchange = async {
        let (read, mut write) = stream.into_split();
        let mut text = serde_json::to_string(command)?;
        text.push('\n');
        write.write_all(text.as_bytes()).await?;
        let mut line = String::new();
        BufReader::new(read).read_line(&mut line).await?;
        Ok::<Answer, std::io::Error>(serde_json::from_str(&line)?)
    };
    Some(match tokio::time::timeout(WITHIN, exchange).await {
        Ok(Ok(Answer::Done(value))) => Ok(value),
        Ok(Ok(Answer::Refused(why))) => Err(why),
        Ok(Err(error)) => Err(format!("the running server did not answer: {error}")),
        Err(_) => Err("the running server did not answer within 10 seconds".to_owned()),
    })
}
