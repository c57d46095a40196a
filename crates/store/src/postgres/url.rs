//! The address of a database.

use sqlx::postgres::PgConnectOptions;
use std::{fmt, str::FromStr};

/// What may stand behind the question mark. The driver would log what it doesn't know, with its value.
const PARAMETERS: [&str; 9] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "dbname", "user", "application_name"];

/// `postgres://user:password@host:port/database`, with the password kept to itself: what is printed of it has none.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) options: PgConnectOptions,
    shown: String,
}

impl DatabaseUrl {
    /// The same database with a setting of the session.
    pub(super) fn with_option(&self, option: (&str, &str)) -> Self {
        Self { options: self.options.clone().options([option]), shown: self.shown.clone() }
    }

    /// True if `text` is meant as the address of a PostgreSQL database, be it right or wrong.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("postgres:") || text.starts_with("postgresql:")
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    /// The error is a sentence without its final stop, and has nothing of the text in it: there may be a password.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let query = text.split_once('?').map_or("", |(_, query)| query);
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
            if name == "password" {
                return Err("the password belongs before the host: postgres://user:password@host/database".into());
            }
            if !PARAMETERS.contains(&name) {
                return Err(format!(
                    "there is no parameter {:?}; there are {}",
                    name.chars().take(40).collect::<String>(),
                    PARAMETERS.join(", ")
                ));
            }
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| {
            "it is no address of a database; write postgres://user:password@host:port/database, and in the password \
             %40 for @, %3A for :, %2F for /, %25 for %"
                .to_owned()
        })?;
        let options = match options.get_application_name() {
            Some(_) => options,
            None => options.application_name("convene"),
        };
        let place = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let database = options.get_database().unwrap_or(options.get_username());
        let shown = format!("{database} on {place} as {}", options.get_username());
        Ok(Self { options, shown })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let url: DatabaseUrl = "postgres://ana:s3cret%40@db.example:5433/convene?sslmode=require".parse().unwrap();
        assert_eq!(url.to_string(), "convene on db.example:5433 as ana");
        assert_eq!(format!("{url:?}"), url.to_string());
        let url: DatabaseUrl = "postgresql://ana:s3cret@localhost/convene?host=/run/postgresql".parse().unwrap();
        assert_eq!(url.to_string(), "convene on /run/postgresql as ana");
    }

    #[test]
    fn a_wrong_address_is_refused_by_a_sentence_that_has_nothing_of_it() {
        for (text, said) in [
            ("postgres://ana:s3c/ret@db/convene", "it is no address of a database"),
            ("postgres://ana:s3cret@db:port/convene", "it is no address of a database"),
            ("postgres://ana@db/convene?password=s3cret", "the password belongs before the host"),
            ("postgres://ana@db/convene?pasword=s3cret", "there is no parameter \"pasword\""),
            ("postgres://ana:s3cret@db/convene?sslmode=s3cret", "it is no address of a database"),
        ] {
            let refused = text.parse::<DatabaseUrl>().unwrap_err();
            assert!(refused.starts_with(said) && !refused.contains("s3c"), "{refused}");
        }
    }
}
