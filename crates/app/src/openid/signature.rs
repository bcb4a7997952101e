//! Keys of a provider (RFC 7517) and the signatures they make (RFC 7518).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL64;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;

/// A key of the provider's set. Members of other kinds of keys are not read.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    kty: String,
    pub(super) kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// How a signature is checked.
#[derive(Clone, Copy)]
enum Check {
    Rsa(&'static signature::RsaParameters),
    Curve(&'static str, &'static dyn VerificationAlgorithm),
}

/// The algorithms that are accepted. `none`, and those of a shared secret, are not among them.
const ALGORITHMS: &[(&str, &str, Check)] = &[
    ("RS256", "RSA", Check::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256)),
    ("RS384", "RSA", Check::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384)),
    ("RS512", "RSA", Check::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512)),
    ("PS256", "RSA", Check::Rsa(&signature::RSA_PSS_2048_8192_SHA256)),
    ("PS384", "RSA", Check::Rsa(&signature::RSA_PSS_2048_8192_SHA384)),
    ("PS512", "RSA", Check::Rsa(&signature::RSA_PSS_2048_8192_SHA512)),
    ("ES256", "EC", Check::Curve("P-256", &signature::ECDSA_P256_SHA256_FIXED)),
    ("ES384", "EC", Check::Curve("P-384", &signature::ECDSA_P384_SHA384_FIXED)),
    ("EdDSA", "OKP", Check::Curve("Ed25519", &signature::ED25519)),
];

impl Key {
    /// Whether it may have signed by this algorithm.
    pub(super) fn fits(&self, algorithm: &str) -> bool {
        let Some((_, kty, check)) = ALGORITHMS.iter().find(|(name, ..)| *name == algorithm) else { return false };
        let curve = match check {
            Check::Rsa(_) => None,
            Check::Curve(curve, _) => Some(*curve),
        };
        (self.kty.as_str(), self.crv.as_deref()) == (*kty, curve) && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig") && self.alg.as_deref().is_none_or(|alg| alg == algorithm)
    }

    /// Whether it signed this.
    pub(super) fn signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let Some((_, _, check)) = ALGORITHMS.iter().find(|(name, ..)| *name == algorithm) else { return false };
        match check {
            Check::Rsa(parameters) => match (number(self.n.as_deref()), number(self.e.as_deref())) {
                (Some(n), Some(e)) => RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok(),
                _ => false,
            },
            Check::Curve(curve, algorithm) => self.point(curve).is_some_and(|point| UnparsedPublicKey::new(*algorithm, point).verify(message, signature).is_ok()),
        }
    }

    /// The public point as bytes: of Ed25519 as it is, of the others uncompressed (SEC 1, 2.3.3).
    fn point(&self, curve: &str) -> Option<Vec<u8>> {
        let x = URL64.decode(self.x.as_deref()?).ok()?;
        if curve == "Ed25519" {
            return Some(x);
        }
        let y = URL64.decode(self.y.as_deref()?).ok()?;
        Some([&[4][..], &x, &y].concat())
    }
}

/// A number in big-endian bytes; some providers pad it with zeros.
fn number(text: Option<&str>) -> Option<Vec<u8>> {
    let bytes = URL64.decode(text?).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes.get(zeros..)?.to_vec())
}
