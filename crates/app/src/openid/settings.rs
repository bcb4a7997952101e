//! What the options of `serve` say about the provider.

use crate::args::{option, path, path_of, word};
use crate::failure::{Failure, cannot_read};
use axum::http::Uri;
use clap::{Arg, ArgMatches};
use xueshi_policy::{Lang, Text, text};

/// The option that holds the secret itself; never shown.
pub(crate) const SECRET: &str = "oidc-secret";

/// One provider and how it is asked.
#[derive(Clone)]
pub(crate) struct Settings {
    /// As its tokens name it: an `https` address.
    pub(super) issuer: String,
    /// As it knows us.
    pub(super) client_id: String,
    /// What we show it; nothing where it knows us as a public client.
    pub(super) secret: Option<String>,
    /// Where it sends people back to.
    pub(super) redirect: String,
    /// What the button says.
    pub(super) label: Text,
    /// `acr` or `amr` values that vouch for a second factor.
    pub(super) strong: Vec<String>,
}

/// The options.
pub(crate) fn arguments(lang: Lang) -> [Arg; 8] {
    let secret = option(lang, SECRET, "SECRET", "客户端密钥；宜写在环境变量或文件里", "the client's secret; better in the environment or a file");
    let strong = option(
        lang,
        "oidc-second-factor",
        "VALUES",
        "证明已验证第二因素的 acr 或 amr 值，逗号分隔，如 mfa；不写则审核与管理账号仍用本系统的验证器",
        "values of acr or amr that vouch for a second factor, with commas, such as mfa; without it officers are asked for the authenticator here",
    );
    [
        option(lang, "oidc-issuer", "URL", "统一身份认证（OpenID Connect）的签发者地址；不写则不用", "the issuer of an OpenID Connect provider to sign in by; none unless given")
            .env("XUESHI_OIDC_ISSUER"),
        option(lang, "oidc-client-id", "ID", "在统一身份认证登记的客户端标识", "the client id that the provider registered").env("XUESHI_OIDC_CLIENT_ID"),
        secret.env("XUESHI_OIDC_SECRET").hide_env_values(true),
        path(lang, "oidc-secret-file", "FILE", "存放客户端密钥的文件", "a file that holds the client's secret").env("XUESHI_OIDC_SECRET_FILE"),
        option(
            lang,
            "oidc-redirect",
            "URL",
            "登记的回调地址；默认 https://（--origin 的主机名）/sign-in/back",
            "the redirect address that was registered; https://(the host of --origin)/sign-in/back unless given",
        )
        .env("XUESHI_OIDC_REDIRECT"),
        option(lang, "oidc-label", "TEXT", "登录页按钮上的中文名称；默认“统一身份认证”", "its Chinese name on the button of the sign-in page; 统一身份认证 unless given")
            .env("XUESHI_OIDC_LABEL")
            .default_value("统一身份认证")
            .hide_default_value(true),
        option(lang, "oidc-label-en", "TEXT", "按钮上的英文名称；默认 single sign-on", "its English name there; “single sign-on” unless given")
            .env("XUESHI_OIDC_LABEL_EN")
            .default_value("single sign-on")
            .hide_default_value(true),
        strong.env("XUESHI_OIDC_SECOND_FACTOR").value_delimiter(','),
    ]
}

impl Settings {
    /// What the options say; nothing where no provider is named.
    ///
    /// # Errors
    /// If an address is not one, something is missing, or the secret can not be read.
    pub(crate) fn of(matches: &ArgMatches) -> Result<Option<Self>, Failure> {
        let Some(issuer) = word(matches, "oidc-issuer") else { return Ok(None) };
        let client_id = word(matches, "oidc-client-id").filter(|id| !id.is_empty());
        let client_id = client_id.ok_or_else(|| Failure::new("写了 --oidc-issuer，还须写 --oidc-client-id。", "With --oidc-issuer, --oidc-client-id is needed."))?;
        let host = word(matches, "origin").and_then(|origin| origin.split('/').next()).unwrap_or_default();
        let redirect = word(matches, "oidc-redirect").map_or_else(|| format!("https://{host}/sign-in/back"), str::to_owned);
        for (name, address) in [("oidc-issuer", issuer), ("oidc-redirect", &redirect)] {
            if !is_address(address, true) || address.contains(['?', '#']) {
                return Err(Failure::Message(text!(
                    "--{name} 不能是“{address}”：写 https:// 开头的完整地址（只有本机可用 http）。",
                    "--{name} can not be “{address}”: a whole address that begins with https:// (http for this machine only)."
                )));
            }
        }
        let strong = matches.get_many::<String>("oidc-second-factor").into_iter().flatten().filter(|value| !value.is_empty()).cloned().collect();
        let label = Text::new(word(matches, "oidc-label").unwrap_or_default(), word(matches, "oidc-label-en").unwrap_or_default());
        Ok(Some(Self { issuer: issuer.to_owned(), client_id: client_id.to_owned(), secret: secret(matches)?, redirect, label, strong }))
    }

    /// Whether the provider is on this machine, where `http` will do.
    pub(super) fn is_local(&self) -> bool {
        self.issuer.starts_with("http://")
    }
}

fn secret(matches: &ArgMatches) -> Result<Option<String>, Failure> {
    match (word(matches, SECRET), path_of(matches, "oidc-secret-file")) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Failure::new("--oidc-secret 与 --oidc-secret-file 只写一个。", "Give one of --oidc-secret and --oidc-secret-file.")),
        (Some(secret), None) => Ok(Some(secret.to_owned())),
        (None, Some(path)) => {
            let secret = std::fs::read_to_string(path).map_err(|error| cannot_read(path, &error))?;
            Ok(Some(secret.trim().to_owned()))
        }
    }
}

/// Whether this is an address one may go to: `https`, or `http` on this machine where that is allowed.
pub(super) fn is_address(address: &str, local: bool) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let here = uri.host().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
    uri.host().is_some()
        && match uri.scheme_str() {
            Some("https") => true,
            Some("http") => local && here,
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_this_machine() {
        for (address, remote, local) in [
            ("https://id.example.cn/realm", true, true),
            ("http://id.example.cn", false, false),
            ("http://127.0.0.1:3000", false, true),
            ("http://localhost.example.cn", false, false),
            ("javascript:alert(1)", false, false),
            ("//id.example.cn", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_address(address, false), is_address(address, true)), (remote, local), "{address}");
        }
    }
}
