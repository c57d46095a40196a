//! What the CLI can do with resources: make and list them, print their connection strings, replace their keys.

use crate::admin::{Admin, AdminError};
use crate::clock::{OsRandom, wall_now};
use crate::hosts::is_loopback_host;
use convene_identity::{connection_string, host_name, new_access_key, new_resource, resource_with_id};
use convene_model::record::Resource;
use convene_model::{RawId, rfc3339};
use convene_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Which of a resource's two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
pub enum WhichKey {
    /// The first.
    Primary,
    /// The second, for the time in which the first is replaced.
    Secondary,
}

impl<S: Store> Admin<'_, S> {
    /// The connection string of a resource; of the default one if none is named.
    ///
    /// # Errors
    /// [`AdminError`] if there is no such resource.
    pub async fn connection_string(&self, resource: Option<&str>, key: WhichKey) -> Result<String, AdminError> {
        let resource = self.resource(resource).await?;
        let host = if resource.id == self.settings.resource_id { None } else { resource.hosts.first() };
        let [primary, secondary] = &resource.access_keys;
        let key = match key {
            WhichKey::Primary => primary,
            WhichKey::Secondary => secondary,
        };
        Ok(connection_string(&https_endpoint(self.public_url, host.map(String::as_str)), key))
    }

    /// Makes a resource that requests to `hosts` mean; or, as the `default` one, those to all other hosts.
    ///
    /// # Errors
    /// [`AdminError`] if the id or a host cannot be used or is taken.
    pub async fn create_resource(
        &self,
        id: Option<&str>,
        hosts: &[String],
        default: bool,
    ) -> Result<Value, AdminError> {
        if let Some(id) = id.filter(|id| RawId::parse(&format!("8:acs:{id}_x")).is_err()) {
            return Err(AdminError(format!(
                "{id:?} is no resource id. It is the part of its users' ids between 8:acs: and _, and looks like \
                 3f1c9a52-0000-4000-8000-3d2f6a1b7c55."
            )));
        }
        if default && self.live.is_some() {
            return Err(AdminError(
                "a server runs on this data folder, with the default resource that it has. Stop it, and try again."
                    .to_owned(),
            ));
        }
        let own = host_name(authority(self.public_url));
        for host in hosts {
            let valid =
                !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
            if !valid || host_name(host) != host.to_ascii_lowercase() && !host.contains("::") {
                return Err(AdminError(format!(
                    "{host:?} is no host name. Write it as app.example.org, without a port."
                )));
            }
            if host.eq_ignore_ascii_case(&own) || (is_loopback_host(&own) && is_loopback_host(host)) {
                return Err(AdminError(format!(
                    "{host} is this server's own host, which means the default resource. Give the new one another name."
                )));
            }
        }
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        let resource = match id {
            Some(id) => resource_with_id(id.to_owned(), hosts, &mut OsRandom, wall_now()),
            None => new_resource(hosts, &mut OsRandom, wall_now()),
        };
        match self.store.insert_resource(&resource).await {
            Ok(()) => {}
            Err(StoreError::Conflict { .. }) => {
                return Err(AdminError(
                    "this id, or one of these hosts, is another resource's already; see `convene resource list`."
                        .to_owned(),
                ));
            }
            Err(error) => return Err(error.into()),
        }
        if default {
            self.store.set_default_resource(&resource.id).await?;
        }
        Ok(view(&resource, default))
    }

    /// All resources, without their keys.
    ///
    /// # Errors
    /// [`AdminError`] if the store fails.
    pub async fn list_resources(&self) -> Result<Value, AdminError> {
        let resources = self.store.resources().await?;
        Ok(resources.iter().map(|resource| view(resource, resource.id == self.settings.resource_id)).collect())
    }

    /// Replaces a key, at once; gives the new connection string.
    ///
    /// # Errors
    /// [`AdminError`] if there is no such resource.
    pub async fn regenerate_key(&self, resource: Option<&str>, which: WhichKey) -> Result<String, AdminError> {
        let id = self.resource(resource).await?.id;
        let key = new_access_key(&mut OsRandom);
        let keys = match which {
            WhichKey::Primary => [Some(&key), None],
            WhichKey::Secondary => [None, Some(&key)],
        };
        self.store.replace_access_keys(&id, keys).await?;
        self.connection_string(Some(&id), which).await
    }

    async fn resource(&self, id: Option<&str>) -> Result<Resource, AdminError> {
        let id = id.unwrap_or(&self.settings.resource_id);
        self.store.resource(id).await?.ok_or_else(|| {
            AdminError(format!("there is no resource {id:?}. `convene resource list` prints those that there are."))
        })
    }
}

fn view(resource: &Resource, default: bool) -> Value {
    json!({
        "id": resource.id,
        "hosts": resource.hosts,
        "default": default,
        "createdAt": rfc3339(resource.created_at),
    })
}

fn authority(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, authority)| authority)
}

/// The public URL as clients of access keys need it, which insist on https: the same host and port, since one port
/// serves both. `host` takes the place of the URL's host name.
pub(crate) fn https_endpoint(public_url: &str, host: Option<&str>) -> String {
    let authority = authority(public_url);
    let name = host_name(authority);
    let port = match authority.rsplit_once(':') {
        Some((_, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => format!(":{port}"),
        _ if public_url.starts_with("http://") => ":80".to_owned(),
        _ => String::new(),
    };
    let name = host.unwrap_or(&name);
    if name.contains(':') { format!("https://[{name}]{port}") } else { format!("https://{name}{port}") }
}

#[cfg(test)]
mod tests {
    use super::https_endpoint;

    #[test]
    fn the_endpoint_is_the_public_url_over_https_on_the_same_port() {
        for (url, host, endpoint) in [
            ("http://localhost:8080", None, "https://localhost:8080"),
            ("https://meet.example.org", None, "https://meet.example.org"),
            ("http://meet.example.org", None, "https://meet.example.org:80"),
            ("http://[::1]:8080", None, "https://[::1]:8080"),
            ("http://[::1]", None, "https://[::1]:80"),
            ("http://localhost:8080", Some("shop.example"), "https://shop.example:8080"),
        ] {
            assert_eq!(https_endpoint(url, host), endpoint);
        }
    }
}
