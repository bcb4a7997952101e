//! Why something is not proved, and what to do about it.

use std::fmt;

use crate::note::NoteFault;
use crate::text::{Text, text};

/// Why a receipt, checkpoint or proof does not hold. Nothing it says may be believed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// The receipt is no JSON, ends early, or lacks a field.
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// Whether it is JSON at all.
        json: bool,
    },
    /// The receipt is of a form that this version does not know.
    Format {
        /// The form it names.
        found: String,
    },
    /// Entry and salt do not give the commitment: one of the three was altered.
    Opening,
    /// The checkpoint is no signed note.
    Note(NoteFault),
    /// The signed note is no checkpoint.
    Checkpoint {
        /// The line at fault, from 1.
        line: usize,
    },
    /// The checkpoint is signed by a known key but tells of another log.
    Origin {
        /// The log it tells of.
        found: String,
        /// The log that was asked about.
        expected: String,
    },
    /// No known key of the log signed the checkpoint.
    NotSigned {
        /// The log.
        origin: String,
        /// The keys that signed it, as name+id.
        found: Vec<String>,
    },
    /// A signature of a known key does not hold: the checkpoint was altered after it was signed.
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's id.
        id: u32,
    },
    /// Fewer known witnesses cosigned than are asked for.
    Witnesses {
        /// How many did.
        found: usize,
        /// How many are asked for.
        need: usize,
    },
    /// The tree has no leaf of this index.
    IndexOutside {
        /// The index.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The path has not the length that index and size give it.
    PathLength {
        /// How many hashes it has.
        found: usize,
        /// How many it must have.
        need: usize,
    },
    /// The path leads from the leaf to another root.
    NotIncluded {
        /// The index.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The later tree has fewer leaves than the earlier one.
    Shrunk {
        /// The size of the earlier tree.
        old: u64,
        /// The size of the later one.
        new: u64,
    },
    /// Two trees of one size have different roots: the log has shown two histories.
    Forked {
        /// Their size.
        size: u64,
    },
    /// The path does not lead to both roots: it was altered, or the past was.
    NotConsistent {
        /// The size of the earlier tree.
        old: u64,
        /// The size of the later one.
        new: u64,
    },
}

impl ProofError {
    /// What does not hold, and where.
    pub fn title(&self) -> Text {
        match self {
            Self::Unreadable { line, column, json: false } => text!("凭证第 {line} 行第 {column} 列起不是完整的 JSON", "The receipt is not whole JSON from line {line}, column {column}"),
            Self::Unreadable { line, column, json: true } => {
                text!("凭证第 {line} 行第 {column} 列附近缺少字段，或字段多余、写法不对", "A field of the receipt is missing, unknown or ill-formed near line {line}, column {column}")
            }
            Self::Format { found } => text!("不认识凭证格式“{found}”", "Receipts of the form “{found}” are not known here"),
            Self::Opening => text!("条目内容与盐推不出所记的承诺：内容、盐或承诺被改动", "Entry and salt do not give the commitment: one of the three was altered"),
            Self::Note(fault) => fault.title(),
            Self::Checkpoint { line } => text!("检查点第 {line} 行写法不对", "Line {line} of the checkpoint is ill-formed"),
            Self::Origin { found, expected } => text!("检查点属于日志“{found}”，而不是“{expected}”", "The checkpoint is of the log “{found}”, not of “{expected}”"),
            Self::NotSigned { origin, found } => {
                let found = found.join(", ");
                text!("检查点没有日志“{origin}”已知密钥的签名（只有：{found}）", "No known key of the log “{origin}” signed the checkpoint (found: {found})")
            }
            Self::BadSignature { name, id } => {
                text!("“{name}+{id:08x}”的签名不成立：检查点签名后被改动", "The signature of “{name}+{id:08x}” does not hold: the checkpoint was altered after signing")
            }
            Self::Witnesses { found, need } => text!("需要 {need} 个见证人联署，只有 {found} 个", "{need} witnesses must have cosigned, {found} did"),
            Self::IndexOutside { index, size } => text!("序号 {index} 超出只有 {size} 条的树", "Index {index} lies outside a tree of {size} leaves"),
            Self::PathLength { found, need } => text!("证明路径应有 {need} 个散列，实有 {found} 个", "The path must have {need} hashes, it has {found}"),
            Self::NotIncluded { index, size } => {
                text!("第 {index} 条推不出 {size} 条时的根：承诺、序号或路径被改动", "Leaf {index} does not lead to the root at size {size}: commitment, index or path was altered")
            }
            Self::Shrunk { old, new } => text!("日志由 {old} 条变成了 {new} 条", "The log went from {old} leaves to {new}"),
            Self::Forked { size } => text!("同为 {size} 条，却有两个不同的根：日志出示了两份历史", "Two different roots at size {size}: the log has shown two histories"),
            Self::NotConsistent { old, new } => {
                text!("{old} 条时的树不是 {new} 条时的开头：路径或历史被改动", "The tree of {old} leaves is not the beginning of that of {new}: the path or the past was altered")
            }
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Text {
        match self {
            Self::Unreadable { .. } | Self::Note(_) | Self::Checkpoint { .. } => {
                text!("从签发处重新下载完整凭证，不要手工编辑", "Download the whole receipt again where it was issued; do not edit it")
            }
            Self::Format { .. } => text!("用新版本的验证程序", "Use a newer verifier"),
            Self::Opening | Self::IndexOutside { .. } | Self::PathLength { .. } | Self::NotIncluded { .. } => {
                text!("不要采信；向登记机关索取该条目的新凭证，仍不符则举报", "Do not rely on it; ask the registry for a new receipt of this entry, and report it if that fails too")
            }
            Self::Origin { .. } | Self::NotSigned { .. } => {
                text!("核对日志名称和公布的验证密钥；换过密钥的，加上旧密钥", "Compare the log's name and published verifier keys; if the key was replaced, add the former one")
            }
            Self::BadSignature { .. } => {
                text!("不要采信；重新取检查点，并核对验证密钥是否复制完整", "Do not rely on it; fetch the checkpoint again and compare the verifier key with the published one")
            }
            Self::Witnesses { .. } => text!("稍后再取有更多联署的检查点，或加上其余见证人的密钥", "Fetch a checkpoint with more cosignatures later, or add the other witnesses' keys"),
            Self::Shrunk { .. } | Self::Forked { .. } | Self::NotConsistent { .. } => text!(
                "保存两个检查点：都签了名而又不一致，就是篡改的证据；再取一次证明，仍不符则举报",
                "Keep both checkpoints: signed and inconsistent, they are the evidence; fetch the proof again, and report it if it still fails"
            ),
        }
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.title().fmt(f)
    }
}

impl std::error::Error for ProofError {}

impl From<NoteFault> for ProofError {
    fn from(fault: NoteFault) -> Self {
        Self::Note(fault)
    }
}
