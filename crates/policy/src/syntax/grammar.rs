//! Every kind of item and every key of the language, in one table: the reader checks files against it, the JSON Schema and the
//! reference chapter of the documentation are made from it.

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A text, or `{ zh, en }`.
    Text,
    /// A plain string.
    Word,
    /// One of the listed words.
    OneOf(&'static [&'static str]),
    /// The name of a declared item; several names where a list is written.
    Name,
    Names,
    Date,
    Bool,
    /// `true`, `false`, or the name of a reading whose value is one of them.
    Truth,
    Integer,
    Where,
    Figure,
    /// Units with figures, or a figure alone, or the name of a value.
    Gives,
    /// `none`, `any`, groups of codes, or the name of a value.
    Proof,
    /// A clause, or a list of clauses.
    Cite,
    /// A table of the listed keys.
    Table(&'static [Key]),
    /// A list of tables of the listed keys.
    Tables(&'static [Key]),
    /// A table or list explained in the text of the key.
    Free,
}

/// A key of a kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) example: &'static str,
}

/// A kind of item: `[rule.ID]` has many, `[policy]` has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) many: bool,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) keys: &'static [Key],
}

const fn must(name: &'static str, shape: Shape, zh: &'static str, en: &'static str, example: &'static str) -> Key {
    Key { name, shape, required: true, zh, en, example }
}

const fn may(name: &'static str, shape: Shape, zh: &'static str, en: &'static str, example: &'static str) -> Key {
    Key { name, shape, required: false, zh, en, example }
}

use Shape::{Bool, Cite, Date, Figure, Free, Gives, Integer, Name, Names, OneOf, Proof, Table, Tables, Text, Truth, Where, Word};

const TITLE: Key = may("title", Text, "名称", "title", r#"title = { zh = "学术会议", en = "conference" }"#);
const CITE: Key = must("cite", Cite, "依据的条款；文本未规定者写 \"silent\"", "the clause; `silent` where the text says nothing", r#"cite = "附件3 第4条""#);
const GOVERNS: &[Key] = &[
    may("from", Figure, "起始年度；数或解读名", "first year: a number or a reading", "from = 2016"),
    may("to", Figure, "最后年度；省略即至今", "last year; left out: until further notice", "to = 2019"),
];
const ROUND: &[Key] = &[
    must("step", Figure, "最小单位，以账的单位计；百分之一的整数倍", "the step in the account's unit; a multiple of one hundredth", "step = 0.5"),
    must("way", OneOf(&["down", "up", "half-up"]), "取舍方式", "which way", r#"way = "down""#),
];
/// What a rule's example says.
const EXAMPLE: &[Key] = &[
    may("given", Free, "记录的列；未写者取本规则可接受的最简单者", "columns of the record; the rest is the simplest the rule accepts", "given = { quantity = 3 }"),
    may("person", Free, "人员的列", "columns of the person", r#"person = { title_level = "junior" }"#),
    may("year", Integer, "年度；省略即所管辖的首年", "year; left out: the first one governed", "year = 2019"),
    may("region", Word, "行政区划；省略即本文件的地域", "region; left out: the policy's place", r#"region = "510100""#),
    may("duty", Name, "义务", "duty", r#"duty = "cycle""#),
    may("hours", Free, "应得学时", "the hours it must give", "hours = 24"),
    may("cut", Free, "应被上限削去的学时", "the hours a cap must cut", "cut = 8"),
    may("problem", Name, "应报的问题；不写即没有问题；缺少某列时写 missing:列", "the problem it must have; left out: none; `missing:column` where a column is asked for", r#"problem = "not-passed""#),
    may("bucket", Word, "应计入的类别", "the bucket it must count in", r#"bucket = "general""#),
    may("exact", Free, "取舍之前的确切数", "the exact figure before rounding", r#"exact = "20/3""#),
    may("later", Free, "应计入以后各年的学时：后移年数 = 学时", "hours that must count in later years: years later = hours", r#"later = { "1" = 45 }"#),
];
/// What must come out of a whole case.
pub(crate) const EXPECT: &[Key] = &[
    may("hours", Free, "各条记录的学时", "the hours of each record", "hours = [0, 20]"),
    may("cut", Free, "各条记录被削去的学时", "what is cut from each record", "cut = [0, 4]"),
    may("problem", Free, "各条记录的问题，没有写 \"\"", "the problem of each record, `\"\"` for none", r#"problem = ["no-rule", ""]"#),
    may("rule", Free, "各条记录所依的规则，没有写 \"\"", "the rule of each record, `\"\"` for none", r#"rule = ["", "class"]"#),
    may("status", OneOf(&["met", "short", "exempt", "not-covered", "undetermined"]), "状态", "the status", r#"status = "short""#),
    may("total", Free, "合计", "the total", "total = 90"),
    may("bucket", Free, "各类别的学时", "the hours of buckets", "bucket = { general = 30 }"),
    may("short", Free, "各项要求所差", "what lacks of requirements", "short = { total = 0.01 }"),
    may("asked", Free, "各项要求的数；\"政策/要求\" 指某一层", "what requirements ask; `\"policy/requirement\"` names a layer's", "asked = { total = 90, specialised = 60 }"),
    may("gates", Free, "关闭的关口；或 { 所问 = \"yes\"、\"no\"、\"unknown\" }", "the gates that are closed; or `{ question = \"yes\", \"no\" or \"unknown\" }`", r#"gates = ["title-review"]"#),
    may("looks", Free, "各关口所看的年度", "the years that gates look at", r#"looks = { appraisal = "2021;2022" }"#),
    may("warnings", Free, "提醒", "warnings", r#"warnings = ["overlap"]"#),
    may("window", Free, "期间的起止", "first and last day of windows", r#"window = { cycle = "2020-01-01/2021-12-31" }"#),
    may("governed", Free, "该年是否由本文件管辖", "whether the document answers for the year", "governed = true"),
];

/// All kinds, in the order of the reference.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "policy",
        many: false,
        zh: "这份文件",
        en: "the document",
        keys: &[
            must("id", Word, "标识，英文", "id", r#"id = "cn-51-2016-20""#),
            must("title", Text, "文件名称", "title of the document", r#"title = { zh = "…", en = "…" }"#),
            may("number", Word, "文号", "document number", r#"number = "川人社发〔2016〕20号""#),
            may("short", Text, "简称，引用时用", "the short name it is cited by", r#"short = { zh = "川人社发〔2016〕20号", en = "Sichuan 2016-20" }"#),
            must("authority", Text, "发文机关", "issuing authority", r#"authority = "四川省人力资源和社会保障厅""#),
            must("place", Word, "适用地域：GB/T 2260 代码前缀，全国写 *", "where it holds: a prefix of a GB/T 2260 code, `*` for the nation", r#"place = "51""#),
            may("sector", Word, "适用行业；省略即各行业", "the sector; left out: all", r#"sector = "health""#),
            must("issued", Date, "发文日期", "date of issue", "issued = 2016-01-01"),
            must("known_since", Date, "何时起为人所知、可据以办事", "since when it is known", "known_since = 2016-01-01"),
            must("governs", Table(GOVERNS), "管辖的年度", "the years it governs", "governs = { from = 2016 }"),
            may("source_sha256", Word, "所依据原文的 SHA-256", "SHA-256 of the source text", r#"source_sha256 = "427c4edddf6a82135f9dca19086b414f41c849977eff710191cdaba8171aa158""#),
            may("not_in_hand", Free, "文中引用而手头没有的文件：文字的列表", "documents it names that are not at hand: a list of texts", r#"not_in_hand = ["四川省专业技术人员继续教育条例"]"#),
            may("note", Text, "随每个结果显示的说明", "a note shown with every result", r#"note = "文件未写明所属城市""#),
        ],
    },
    Kind {
        name: "account",
        many: false,
        zh: "账：结果以何计、如何取舍",
        en: "the account: what results are counted in, and how they are rounded",
        keys: &[
            must("unit", Name, "结果的计量单位", "the unit of results", r#"unit = "hours""#),
            must("round", Table(ROUND), "每条记录结果的取舍", "rounding of each record's result", r#"round = { step = 0.01, way = "down" }"#),
            may("subject", Name, "哪个事实说明记录所属的类别（common 中声明）", "the fact that states a record's bucket (declared in common)", r#"subject = "subject""#),
            may("label", Name, "哪个事实是记录的名称，供显示（common 中声明）", "the fact that names a record, for showing (declared in common)", r#"label = "title""#),
            may("dated", Name, "哪个日期事实决定记录的先后与年度（common 中声明）", "the date fact that orders and places records (declared in common)", r#"dated = "end""#),
        ],
    },
    Kind {
        name: "layer",
        many: false,
        zh: "叠加：在哪些文件之上、接管什么",
        en: "the layer: what it lies on and what it takes over",
        keys: &[
            must("on", Names, "所叠加的政策标识", "the policies it lies on", r#"on = ["cn-mohrss-25"]"#),
            must("takes_over", Where, "接管哪些记录的认定：条件、\"all\" 或 \"nothing\"", "the records it alone recognises: a where, `all` or `nothing`", r#"takes_over = { subject = "general" }"#),
            must("requirements", OneOf(&["higher", "own"]), "要求：与下层比较取高，或只用本层", "requirements: the higher of both, or its own only", r#"requirements = "higher""#),
            may(
                "delegates",
                Tables(&[CITE, must("to", Text, "留给谁", "left to whom", r#"to = "行业主管部门""#), must("what", Where, "哪些记录", "which records", r#"what = { activity = "degree" }"#)]),
                "文件留给别人规定的记录：结果注明“由…另定”",
                "records the text leaves to others: the result says so",
                r#"delegates = [{ cite = "二(二)¶4", to = "行业主管部门", what = { unit = "credits" } }]"#,
            ),
            may(
                "drop",
                Tables(&[CITE, must("item", Word, "政策/种类.标识", "policy/kind.id", r#"item = "cn-mohrss-25/requirement.specialised""#)]),
                "取消下层的某个条目",
                "items below that no longer hold",
                r#"drop = [{ cite = "三", item = "cn-mohrss-25/requirement.specialised" }]"#,
            ),
        ],
    },
    Kind {
        name: "clause",
        many: true,
        zh: "条款清单：原文每一条及其落实；键是条款号，加引号",
        en: "the list of clauses: every clause of the text and what became of it; the key is the clause, in quotes",
        keys: &[
            must(
                "is",
                Free,
                "落实方式：rule、text，或 flow、register、document、report、access 加冒号与功能名，未做写 planned；可列多项",
                "what became of it: `rule`, `text`, or `flow`, `register`, `document`, `report`, `access` with a colon and the feature, `planned` where it is still to come; a list for several",
                r#"is = ["rule", "document:planned"]"#,
            ),
            may("gist", Text, "要旨，用自己的话", "the gist in one's own words", r#"gist = { zh = "每年不少于90学时", en = "at least 90 hours a year" }"#),
        ],
    },
    Kind {
        name: "fact",
        many: true,
        zh: "事实：记录或人员的一列",
        en: "a fact: a column of records or persons",
        keys: &[
            may("of", OneOf(&["record", "person"]), "属于记录还是人员；扩充已有事实的代码时省略", "whose it is; left out when it adds codes to a fact declared below", r#"of = "record""#),
            may(
                "type",
                OneOf(&["code", "codes", "number", "date", "text", "texts", "yes-no", "years"]),
                "类型；codes、texts、years 可填多个值，分号隔开",
                "type; `codes`, `texts`, `years` hold several values, separated by semicolons",
                r#"type = "number""#,
            ),
            may("title", Text, "表头", "column header", r#"title = { zh = "天数", en = "days" }"#),
            may("help", Text, "填写说明", "what to fill in", r#"help = "不含旅途""#),
            may("unit", Name, "计量单位", "unit", r#"unit = "days""#),
            may(
                "codes",
                Free,
                "代码：代码 = 名称；名称可写 { zh, en, also = [别名] }，别名可写 { value, sets = { 事实 = 代码 } }",
                "codes: code = title; a title may be `{ zh, en, also = [other spellings] }`, a spelling `{ value, sets = { fact = code } }`",
                r#"codes = { national = "国家级", provincial = "省级" }"#,
            ),
            may("ordered", Bool, "代码由低到高，可比大小", "codes rise, and can be compared", "ordered = true"),
            may("open", Bool, "代码之外的文字也收", "other text is accepted too", "open = true"),
            may("required", Bool, "每一行都须填写", "every row must fill it in", "required = true"),
            may("problem", Name, "needs 中因它不满足时报的问题", "the problem when a `needs` on it fails", r#"problem = "platform-not-listed""#),
            may("empty", Figure, "空白表示的值；只在文本这样说时才写", "the value an empty cell states; only where the text says so", "empty = 0"),
            may("is", Figure, "由别的事实算出", "derived from other facts", r#"is = { days = ["start", "end"] }"#),
            may("cite", Cite, "算式中有数时的依据", "the clause, where the derivation holds a figure", r#"cite = "三(三)2""#),
        ],
    },
    Kind {
        name: "unit",
        many: true,
        zh: "计量单位",
        en: "a unit",
        keys: &[
            must("title", Text, "名称", "title", r#"title = { zh = "天", en = "days" }"#),
            may("less", Name, "从该单位的数量中减去的事实，不低于0", "a fact taken off quantities in it, not below 0", r#"less = "travel_days""#),
            may("whole", Bool, "只收整数", "whole numbers only", "whole = true"),
        ],
    },
    Kind {
        name: "bucket",
        many: true,
        zh: "类别：学时归入之处",
        en: "a bucket: where hours count",
        keys: &[
            must("title", Text, "名称", "title", r#"title = { zh = "公需科目", en = "general subjects" }"#),
            may("within", Name, "同时也计入的类别", "a bucket in which it counts too", r#"within = "compulsory""#),
        ],
    },
    Kind {
        name: "window",
        many: true,
        zh: "期间",
        en: "a window of time",
        keys: &[
            must("title", Text, "名称", "title", r#"title = "五年周期""#),
            must("dated", Name, "以哪个日期事实归入", "the date fact that places a record", r#"dated = "end""#),
            may("years", Integer, "长度，年", "length in years", "years = 5"),
            may("begins", Word, "起始月-日", "month-day on which it begins", r#"begins = "01-01""#),
            may("first", Figure, "周期首年：数或人员事实", "first year of a cycle: a number or a fact of the person", r#"first = "cycle_first_year""#),
            may("from", Name, "起始日期（人员的日期事实）", "first day (a date fact of the person)", r#"from = "term_from""#),
            may("to", Name, "终止日期（人员的日期事实）", "last day (a date fact of the person)", r#"to = "term_to""#),
            may("ending", Name, "回溯期：终于哪个期间或哪个日期", "looks back from this window or date", r#"ending = "year""#),
            may("numbered_by", OneOf(&["begin", "end"]), "以起始年还是终止年称呼", "named by the year it begins or ends in", r#"numbered_by = "end""#),
            may("stands_for", Name, "归入本期间的记录算作同号的哪个期间", "its records count in the window of the same number", r#"stands_for = "year""#),
            may("cite", Cite, "依据的条款", "clause", r#"cite = "第三十四条""#),
        ],
    },
    Kind {
        name: "duty",
        many: true,
        zh: "义务：一个人在一个期间要完成的",
        en: "a duty: what a person owes in a window",
        keys: &[
            must("title", Text, "名称", "title", r#"title = "年度继续教育""#),
            must("window", Name, "期间", "window", r#"window = "year""#),
            must("role", Word, "身份：同一身份以更具体地域的文件为准", "role: for one role the policy of the nearer place prevails", r#"role = "regional""#),
            may("for", Where, "对哪些人", "for which persons", r#"for = { new_principal = "yes" }"#),
        ],
    },
    Kind {
        name: "problem",
        many: true,
        zh: "问题：记录不予认定的原因，依次检查",
        en: "a problem: why a record gives nothing, checked in order",
        keys: &[must("text", Text, "说明", "message", r#"text = { zh = "考核不合格", en = "not passed" }"#), may("after", Name, "排在哪个问题之后检查", "checked after", r#"after = "not-verified""#)],
    },
    Kind {
        name: "list",
        many: true,
        zh: "名单：有日期、由操作者维护",
        en: "a list: dated, kept by the operator",
        keys: &[
            must("of", Names, "列的是哪个事实的值", "the facts whose values it lists", r#"of = "platform""#),
            must("kept_by", Word, "由谁维护", "who keeps it", r#"kept_by = "operator""#),
            must("entries", Free, "条目：文字，或 { id, title, from, to }", "entries: text, or `{ id, title, from, to }`", r#"entries = [{ id = "sc-online", title = "省平台", from = 2019-01-01 }]"#),
            may(
                "register",
                OneOf(&crate::registers::REGISTERS),
                "条目列入哪一册公开名册：平台、主题、基地、施教机构",
                "the public register its entries stand in: platforms, topics, bases, providers",
                r#"register = "platform""#,
            ),
            TITLE,
            may("cite", Cite, "依据的条款", "clause", r#"cite = "附件""#),
        ],
    },
    Kind {
        name: "set",
        many: true,
        zh: "有名字的条件",
        en: "a named where",
        keys: &[must("where", Where, "条件", "the where", r#"where = { subject = ["specialised", "elective"] }"#), TITLE, may("cite", Cite, "依据的条款", "clause", r#"cite = "三(一)""#)],
    },
    Kind {
        name: "value",
        many: true,
        zh: "有名字的数、计法或证明",
        en: "a named figure, rate or proof",
        keys: &[
            CITE,
            may("is", Figure, "数", "a figure", r#"is = { by = "title_level", rows = [["junior", 40]], else = 72 }"#),
            may("gives", Gives, "计法", "a rate by unit", r#"gives = { hours = 1, minutes = "1/45" }"#),
            may("proof", Proof, "证明", "proofs", r#"proof = [["training-certificate", "pass-certificate"]]"#),
            TITLE,
        ],
    },
    Kind {
        name: "reading",
        many: true,
        zh: "解读：文本留有余地处的取法与另一种取法",
        en: "a reading: how an open text is taken, and how else it could be",
        keys: &[
            CITE,
            must("text", Text, "取法及理由", "what is chosen, and why", r#"text = "“一般不少于”按下限理解""#),
            may("value", Free, "数、true/false 或名称，凡数可写之处可用其名", "a number, `true`/`false` or a name; its own name may stand where that could", "value = 60"),
            must(
                "alternatives",
                Tables(&[
                    must("text", Text, "另一种取法", "the other way", r#"text = "指导性""#),
                    may("value", Free, "改用的值", "the value then", "value = 90"),
                    may(
                        "change",
                        Free,
                        "改动：种类.标识.键 = 值；或 drop = [\"种类.标识\"]",
                        "changes: `kind.id.key = …`, or `drop = [\"kind.id\"]`",
                        r#"change = { requirement.general.binding = true }"#,
                    ),
                ]),
                "另外的取法，至少一种",
                "the alternatives, at least one",
                r#"alternatives = [{ text = "按90计", value = 90 }]"#,
            ),
        ],
    },
    Kind {
        name: "coverage",
        many: true,
        zh: "适用对象",
        en: "who is covered",
        keys: &[
            CITE,
            must("for", Where, "适用于哪些人", "the persons covered", r#"for = { org_kind = { not = "state-organ" } }"#),
            must("effect", OneOf(&["layer", "status"]), "不适用时：本层退出，或仅状态为不适用", "for others: the layer drops out, or only the status says so", r#"effect = "layer""#),
        ],
    },
    Kind {
        name: "check",
        many: true,
        zh: "对各规则的记录一律要求的条件",
        en: "a condition on records of any rule",
        keys: &[
            CITE,
            may("where", Where, "问哪些记录；省略即全部", "which records; left out: all", r#"where = { activity = "overseas" }"#),
            must("needs", Where, "须满足的条件", "what must hold", "needs = { days_abroad = { at_least = 20 } }"),
            may("everyone", Bool, "对本层不适用的人也要求", "also of persons the layer does not cover", "everyone = true"),
        ],
    },
    Kind {
        name: "rule",
        many: true,
        zh: "认定规则",
        en: "a rule of recognition",
        keys: &[
            CITE,
            TITLE,
            must("match", Where, "规则说的是哪些记录；不符者为 no-rule", "the records it speaks of; others are `no-rule`", r#"match = { activity = "conference", level = "national" }"#),
            may("before", Names, "先于哪些规则（例外）", "the rules it speaks before", r#"before = ["common"]"#),
            may("duty", Names, "属于哪些义务；省略即全部", "the duties it serves; left out: all", r#"duty = ["cycle"]"#),
            may("governs", Table(GOVERNS), "管辖的年度", "years", "governs = { to = 2015 }"),
            may("needs", Where, "前提；不满足时报该事实的问题", "provided that; else the fact's own problem", r#"needs = { result = "pass" }"#),
            may("counted_in", Figure, "数量按此整倍数计，舍尾；可按单位分写", "the quantity counts in whole steps of this; by unit where a table is written", "counted_in = 0.5"),
            may(
                "quantity_at_most",
                Free,
                "换算之前数量的上限：单位 = 数",
                "a ceiling on the quantity before conversion: unit = figure",
                r#"quantity_at_most = { hours = { of = "days", each = 10 } }"#,
            ),
            must(
                "gives",
                Gives,
                "给多少：单位 = 每单位的数（只收这些单位）；或一个数（不看数量）",
                "what it gives: unit = so much each (only these units are accepted); or one figure, whatever the quantity",
                "gives = { days = 8, hours = 1 }",
            ),
            may("times", Free, "再乘的系数：数的列表", "factors: a list of figures", r#"times = [{ by = "rank", rows = [[1, 1], [2, "1/2"]], else = 0 }]"#),
            may("round", Table(ROUND), "结果的取舍", "rounding", r#"round = { step = 1, way = "half-up" }"#),
            may("at_most", Figure, "一次的上限", "cap of one record", "at_most = 60"),
            may("bucket", Word, "计入的类别；省略即记录所填", "the bucket; left out: the one the record states", r#"bucket = "specialised""#),
            may("dated", Name, "以哪个日期或年度事实归入年度", "the date or year fact that places it", r#"dated = "award_date""#),
            may("counts_in", Name, "归入的期间（有 stands_for 者）", "the window that places it (one with `stands_for`)", r#"counts_in = "online-year""#),
            may(
                "spread",
                Free,
                "分年计入：[{ year = 0, at_most 或 part }, …]，或 { from, to, share = \"days\" 或 \"each\" }",
                "over years: `[{ year = 0, at_most or part }, …]`, or `{ from, to, share = \"days\" or \"each\" }`",
                r#"spread = [{ year = 0, at_most = 60 }, { year = 1 }]"#,
            ),
            must("proof", Proof, "证明：none、any，或 [[其一], [并其一]]", "proof: `none`, `any`, or `[[one of], [and one of]]`", r#"proof = [["teaching-proof"], ["lesson-notes"]]"#),
            may("replaces", Name, "取代下层的哪条规则：政策/标识", "the rule below that it replaces: policy/id", r#"replaces = "cn-mohrss-25/as-certified""#),
            may(
                "examples",
                Tables(EXAMPLE),
                "示例：given 叠加在本规则可接受的最简单记录上",
                "worked examples: `given` is laid over the simplest record the rule accepts",
                "examples = [{ given = { quantity = 3 }, hours = 24 }]",
            ),
        ],
    },
    Kind {
        name: "limit",
        many: true,
        zh: "限额：多条记录合起来至多",
        en: "a limit over several records",
        keys: &[
            CITE,
            TITLE,
            must("of", Where, "哪些已认定的记录；可用 rule、bucket", "which recognised records; `rule` and `bucket` may be asked", r#"of = { rule = ["self-study", "publication"] }"#),
            must("in", Name, "在哪个期间内", "in which window", r#"in = "year""#),
            may("per", Names, "按哪些事实分别计算", "separately for each of", r#"per = ["project"]"#),
            may("for", Where, "对哪些人", "for which persons", r#"for = { title_level = "junior" }"#),
            may("at_most", Figure, "合计至多；超出部分按先后削减", "the sum is at most; what exceeds is cut in record order", "at_most = 50"),
            may("keep_one", Name, "只留一个：record，或某事实的一个值", "one survives: `record`, or one value of a fact", r#"keep_one = "platform""#),
            may("which", Word, "留哪个：first 先者、most 多者，或解读名", "which: `first`, `most`, or a reading", r#"which = "most""#),
            may("problem", Name, "不留者报的问题；省略则为削减", "the problem of the others; left out: a cut", r#"problem = "platform-not-combinable""#),
            may("round", Table(ROUND), "合计的取舍", "rounding of the sum", r#"round = { step = 1, way = "down" }"#),
            may("after", Names, "在哪些限额之后", "after which limits", r#"after = ["by-form"]"#),
            may("replaces", Name, "取代下层的哪条限额", "the limit below that it replaces", r#"replaces = "cn-51-2016-20/writing""#),
            may("across_people", Bool, "涉及多人，登记系统中才能核对；此处只提示", "concerns several people: only the registry can tell; here it is only said", "across_people = true"),
        ],
    },
    Kind {
        name: "surplus",
        many: true,
        zh: "超出部分的去向",
        en: "where a surplus goes",
        keys: &[
            CITE,
            must("of", Where, "哪些已认定的记录", "which recognised records", r#"of = { bucket = "specialised" }"#),
            may("for", Where, "对哪些人", "for which persons", r#"for = { surplus_years = "yes" }"#),
            must("above", Figure, "超出多少的部分", "what exceeds this", "above = 30"),
            must("to", Free, "去向：{ bucket = 类别 } 或 { windows = 后移期数 }", "where to: `{ bucket = … }` or `{ windows = n }` later", "to = { windows = 1 }"),
            may("at_most", Figure, "至多", "at most", "at_most = 24"),
            may("after", Names, "在哪些之后", "after", r#"after = ["elective"]"#),
        ],
    },
    Kind {
        name: "requirement",
        many: true,
        zh: "要求",
        en: "a requirement",
        keys: &[
            CITE,
            TITLE,
            may("duty", Name, "属于哪个义务；只有一个时可省略", "its duty; may be left out where there is one", r#"duty = "cycle""#),
            may("in", Name, "期间；省略即义务的期间", "window; left out: the duty's", r#"in = "last-five""#),
            may("each", Name, "期间内的每一个", "of each of these inside the window", r#"each = "year""#),
            may(
                "per",
                Free,
                "按事实的每个值分别要求；{ 记录事实 = 人员事实 } 对登记的每个值都要求",
                "of each value of these facts; `{ record fact = person fact }` asks it of every registered value",
                r#"per = ["specialty"]"#,
            ),
            may("for", Where, "对哪些人", "for which persons", r#"for = { institution = "tertiary" }"#),
            may("only_for", Names, "仅在这些关口要求", "asked at these gates only", r#"only_for = ["title-review"]"#),
            may(
                "measure",
                Free,
                "量度：sum（省略时）、largest、records、{ distinct = 事实 }、{ sum = 数 }",
                "measure: `sum` (when left out), `largest`, `records`, `{ distinct = fact }`, `{ sum = figure }`",
                r#"measure = "largest""#,
            ),
            may("of", Where, "量哪些记录；省略即全部", "over which records; left out: all", r#"of = { bucket = "general" }"#),
            may("at_least", Figure, "至少", "at least", "at_least = 90"),
            may(
                "any_of",
                Tables(&[
                    TITLE,
                    may("measure", Free, "量度", "measure", r#"measure = "records""#),
                    may("of", Where, "量哪些记录", "over which records", r#"of = { activity = "publication" }"#),
                    must("at_least", Figure, "至少", "at least", "at_least = 2"),
                ]),
                "几种途径之一即可",
                "any one of these suffices",
                r#"any_of = [{ at_least = 32 }, { measure = "records", of = { activity = "publication" }, at_least = 2 }]"#,
            ),
            must("binding", Truth, "有约束力；false 为指导性", "binding; `false`: a guideline", "binding = true"),
            may("unit", Name, "量度的单位（与账不同时）", "the unit, where it is not the account's", r#"unit = "papers""#),
            may("governs", Table(GOVERNS), "管辖的年度", "years", "governs = { to = 2015 }"),
            may("replaces", Name, "取代下层的哪项要求：政策/标识", "the requirement below that it replaces", r#"replaces = "cn-mohrss-25/total""#),
        ],
    },
    Kind {
        name: "exemption",
        many: true,
        zh: "免学",
        en: "an exemption",
        keys: &[
            CITE,
            must("for", Where, "哪些人（年度）", "which persons (and years)", r#"for = { exempt_years = "yes" }"#),
            must("lifts", Names, "免除：\"all\" 或要求的标识", "what it lifts: `all` or requirements", r#"lifts = "all""#),
            may("defers_years", Integer, "只是推迟几年，差额到时补", "put off so many years, not lifted: what lacks is asked then", "defers_years = 1"),
            may(
                "grounds",
                Tables(&[
                    must("id", Word, "标识", "id", r#"id = "village-stationing""#),
                    must("title", Text, "事由", "ground", r#"title = "驻村""#),
                    may("approver", Text, "由谁批准；文件未写明的不写", "approved by; nothing where the text names nobody", r#"approver = "同级办公室""#),
                    may("returned", Text, "已返回者由谁批准（与 approver 不同时）", "approved by, for those who have returned, where that is somebody else", r#"returned = "原派驻单位的主管单位""#),
                ]),
                "事由，封闭清单",
                "grounds, a closed list",
                "grounds = []",
            ),
        ],
    },
    Kind {
        name: "gate",
        many: true,
        zh: "关口：结果用于何处",
        en: "a gate: where the result is used",
        keys: &[
            must("gate", Word, "所问", "the question", r#"gate = "title-review""#),
            CITE,
            may("for", Where, "对哪些人", "for which persons", r#"for = { org_kind = "enterprise" }"#),
            must(
                "look",
                Table(&[
                    must("from", Figure, "首年：0 为所问之年，-1 为上一年，或年份", "first year: 0 is the year asked about, -1 the one before, or a year", "from = 2021"),
                    must("to", Figure, "末年", "last year", "to = -1"),
                ]),
                "看哪几年",
                "the years looked at",
                "look = { from = 2021, to = -1 }",
            ),
            may("duty", Name, "看哪个义务；省略即那一年有期间的第一个", "which duty; left out: the first with a window in that year", r#"duty = "cycle""#),
            may("hold", Word, "多年时：each 每年、any 任一年，或解读名", "over several years: `each`, `any`, or a reading", r#"hold = "each""#),
            must(
                "asks",
                Free,
                "要求：{ status = [..] } 或 { requirement = 标识, is = [..] }",
                "what is asked: `{ status = [..] }` or `{ requirement = id, is = [..] }`",
                r#"asks = { status = ["met", "exempt"] }"#,
            ),
            may("unless", Where, "除非", "unless", r#"unless = { excused_years = "yes" }"#),
            must(
                "strength",
                OneOf(&["bar", "important-condition", "important-basis", "other-law", "notice"]),
                "效力：bar 不得；important-condition 重要条件，由决定机构考虑；important-basis 重要依据，本身不构成障碍；other-law 由该证照的法律决定；notice 仅通报",
                "strength: `bar`; `important-condition` (the deciding body is told); `important-basis` (no bar by itself); `other-law` (the law of that licence decides); `notice` (announced only)",
                r#"strength = "bar""#,
            ),
            may("papers", Names, "须提交的材料", "papers asked for", r#"papers = ["card-copy"]"#),
            may("message", Text, "未通过时的说明", "what is said when it is closed", r#"message = "年度考核不得确定为“优秀”""#),
        ],
    },
    Kind {
        name: "paper",
        many: true,
        zh: "材料",
        en: "a paper",
        keys: &[must("title", Text, "名称", "title", r#"title = "登记卡复印件""#), may("cite", Cite, "依据的条款", "clause", r#"cite = "附件说明""#)],
    },
    Kind {
        name: "actor",
        many: true,
        zh: "办理者",
        en: "one who acts",
        keys: &[must("title", Text, "名称", "title", r#"title = { zh = "用人单位", en = "employer" }"#), may("cite", Cite, "依据的条款", "clause", r#"cite = "第三十一条""#)],
    },
    Kind {
        name: "stage",
        many: true,
        zh: "审核步骤",
        en: "a stage of review",
        keys: &[
            CITE,
            must("title", Text, "名称", "title", r#"title = "所在单位审核""#),
            must("by", Names, "由谁", "by whom", r#"by = "employer""#),
            may("after", Name, "在哪一步之后", "after which stage", r#"after = "employer""#),
            may("until", Word, "次年何日（月-日）为止", "until which day (month-day) of the next year", r#"until = "03-31""#),
            must("checks", Free, "审什么：文字的列表", "what is checked: a list of texts", r#"checks = ["内容", "时间"]"#),
            must("decides", OneOf(&["forward", "hours", "verification"]), "决定什么：转报、学时、年度验证", "what it decides: passing on, the hours, the year's verification", r#"decides = "hours""#),
        ],
    },
    Kind {
        name: "warning",
        many: true,
        zh: "提醒：给审核者看，不改学时",
        en: "a warning for a reviewer; it changes no hours",
        keys: &[
            CITE,
            may("of", Where, "哪些记录", "which records", r#"of = { unit = "days" }"#),
            may("overlap", Names, "两条记录的起止日期重叠：[开始, 结束]", "the dates of two records overlap: [start, end]", r#"overlap = ["start", "end"]"#),
            may("when", Where, "单条记录的条件", "a condition on one record", "when = { hours_a_day = { above = 16 } }"),
            must("message", Text, "说明", "message", r#"message = "日期重叠""#),
        ],
    },
    Kind {
        name: "examples",
        many: false,
        zh: "整例：一个人一个期间",
        en: "whole examples: a person and a window",
        keys: &[
            may("base", Free, "各条记录未写者取此", "what records leave out", r#"base = { activity = "class", unit = "hours" }"#),
            may(
                "cases",
                Tables(&[
                    must("title", Text, "题目", "title", r#"title = "两个平台只认一个""#),
                    may("person", Free, "人员的事实", "facts of the person", r#"person = { title_level = "junior" }"#),
                    may("year", Integer, "年度", "year", "year = 2023"),
                    may("region", Word, "行政区划，省略即本文件的地域", "region; left out: the policy's place", r#"region = "510100""#),
                    may("duty", Name, "义务", "duty", r#"duty = "probation""#),
                    must("records", Free, "记录", "records", "records = [{ quantity = 12, end = 2023-03-01 }]"),
                    must("expect", Table(EXPECT), "应得", "what must come out", r#"expect = { hours = [0, 20], status = "short" }"#),
                ]),
                "各例",
                "the cases",
                "cases = []",
            ),
        ],
    },
];

/// The kind of that name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The keys of a figure written as a table; any of them makes a table a figure and not a list of units.
pub(crate) const FIGURE_KEYS: &[&str] = &[
    "by",
    "rows",
    "across",
    "else",
    "of",
    "each",
    "sum",
    "product",
    "least",
    "greatest",
    "difference",
    "ratio",
    "first",
    "days",
    "months",
    "years",
    "calendar_years",
    "year_of",
    "plus",
    "earliest",
    "latest",
    "count",
    "over_years",
    "measure",
];

/// The tests of a condition.
pub(crate) const TEST_KEYS: &[&str] = &["not", "given", "in", "at_least", "above", "at_most", "below", "same_as", "among"];
