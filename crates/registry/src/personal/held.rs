//! Where data about a person stand: one list, by which they are handed out and erased. A test holds it against the tables.

/// Data of one kind about a person.
pub(super) struct Held {
    /// The word they are handed out by.
    pub(super) name: &'static str,
    /// The tables they stand in.
    pub(super) tables: &'static [&'static str],
    /// What is handed out, in the order of `select`.
    pub(super) columns: &'static [&'static str],
    /// The expressions and where they come from; `?1` is the person.
    pub(super) select: &'static str,
    /// What erases them, in this order over the whole list; `?1` is the person.
    pub(super) erase: &'static [&'static str],
}

/// Everything, in an order in which it can be erased. What names nobody any more stays for counting: ids, dates, organisations, states.
pub(super) const HELD: &[Held] = &[
    Held {
        name: "person",
        tables: &["people"],
        columns: &["name", "born", "registered_at"],
        select: "x.name, x.born, CAST(x.created_at AS TEXT) FROM people x WHERE x.id = ?1",
        erase: &["UPDATE people SET name = '', born = NULL WHERE id = ?1"],
    },
    Held {
        name: "names",
        tables: &["person_names"],
        columns: &["name", "from", "to"],
        select: "n.name, n.valid_from, n.valid_to FROM person_names n WHERE n.person = ?1 ORDER BY n.valid_from",
        erase: &["DELETE FROM person_names WHERE person = ?1"],
    },
    // The numbers themselves are opened beside this list.
    Held {
        name: "identifiers",
        tables: &["person_identifiers"],
        columns: &["kind", "from", "to"],
        select: "i.kind, i.valid_from, i.valid_to FROM person_identifiers i WHERE i.person = ?1 ORDER BY i.id",
        erase: &["DELETE FROM person_identifiers WHERE person = ?1"],
    },
    Held {
        name: "facts",
        tables: &["person_facts"],
        columns: &["name", "value", "from", "to"],
        select: "f.name, f.value, f.valid_from, f.valid_to FROM person_facts f WHERE f.person = ?1 ORDER BY f.name, f.valid_from",
        erase: &["DELETE FROM person_facts WHERE person = ?1"],
    },
    // Years that were granted or accepted, and the case of each.
    Held {
        name: "grants",
        tables: &["year_grants"],
        columns: &["what", "year", "case", "granted_at", "ended_at"],
        select: "g.name, CAST(g.year AS TEXT), CAST(g.case_id AS TEXT), CAST(g.at AS TEXT), CAST(g.ended_at AS TEXT) FROM year_grants g WHERE g.person = ?1 ORDER BY g.id",
        erase: &["DELETE FROM year_grants WHERE person = ?1"],
    },
    Held {
        name: "posts",
        tables: &["posts"],
        columns: &["employer", "agency", "title", "from", "to"],
        select: "o.name, a.name, p.title, p.valid_from, p.valid_to FROM posts p JOIN organisations o ON o.id = p.organisation LEFT JOIN organisations a ON a.id = p.agency WHERE p.person = ?1 ORDER BY p.id",
        erase: &["UPDATE posts SET title = '' WHERE person = ?1"],
    },
    Held {
        name: "accounts",
        tables: &["accounts", "account_roles", "sessions"],
        columns: &["sign_in_name", "made_at"],
        select: "a.login, CAST(a.created_at AS TEXT) FROM accounts a WHERE a.person = ?1 ORDER BY a.id",
        erase: &[
            "DELETE FROM sessions WHERE account IN (SELECT id FROM accounts WHERE person = ?1)",
            "UPDATE accounts SET login = 'erased-' || CAST(id AS TEXT), password = '', totp = NULL, totp_key = NULL, closed_at = created_at WHERE person = ?1",
        ],
    },
    // What another system calls the person is kept as a hash alone.
    Held {
        name: "sign_in_links",
        tables: &["sign_in_links"],
        columns: &["issuer", "linked_at"],
        select: "l.issuer, CAST(l.linked_at AS TEXT) FROM sign_in_links l JOIN accounts a ON a.id = l.account WHERE a.person = ?1 ORDER BY l.id",
        erase: &["DELETE FROM sign_in_links WHERE account IN (SELECT id FROM accounts WHERE person = ?1)"],
    },
    Held {
        name: "proofs",
        tables: &["evidence"],
        columns: &["record", "kind", "name", "sha256", "added_at"],
        select: "CAST(e.record AS TEXT), e.kind, e.name, e.digest, CAST(e.added_at AS TEXT) FROM evidence e JOIN records r ON r.id = e.record WHERE r.person = ?1 ORDER BY e.id",
        erase: &["DELETE FROM evidence WHERE record IN (SELECT id FROM records WHERE person = ?1)"],
    },
    Held {
        name: "records",
        tables: &["records"],
        columns: &["id", "year", "title", "facts", "state"],
        select: "CAST(r.id AS TEXT), CAST(r.year AS TEXT), r.title, r.facts, r.state FROM records r WHERE r.person = ?1 ORDER BY r.id",
        erase: &["UPDATE records SET title = '', facts = '{}' WHERE person = ?1"],
    },
    Held {
        name: "steps",
        tables: &["cases", "case_steps"],
        columns: &["case", "business", "step", "led_to", "reason", "at"],
        select: "CAST(c.id AS TEXT), c.flow, s.step, s.to_state, s.reason, CAST(s.at AS TEXT) FROM case_steps s JOIN cases c ON c.id = s.case_id WHERE c.person = ?1 ORDER BY s.id",
        erase: &["UPDATE case_steps SET reason = '' WHERE case_id IN (SELECT id FROM cases WHERE person = ?1)", "UPDATE cases SET open = 0 WHERE person = ?1"],
    },
    // What a matter asks for may be sealed: it is the number that stands among the identifiers once it is granted.
    Held {
        name: "matters",
        tables: &["matters"],
        columns: &["case", "kind", "from", "to", "what"],
        select: "CAST(m.case_id AS TEXT), m.kind, m.valid_from, m.valid_to, m.body FROM matters m JOIN cases c ON c.id = m.case_id WHERE c.person = ?1 OR m.other = ?1 ORDER BY m.id",
        erase: &["UPDATE matters SET body = '{}', sealed = NULL, key_id = NULL WHERE other = ?1 OR case_id IN (SELECT id FROM cases WHERE person = ?1)"],
    },
    Held {
        name: "papers",
        tables: &["papers"],
        columns: &["case", "name", "sha256", "added_at"],
        select: "CAST(p.case_id AS TEXT), p.name, p.digest, CAST(p.added_at AS TEXT) FROM papers p JOIN cases c ON c.id = p.case_id WHERE c.person = ?1 ORDER BY p.id",
        erase: &["DELETE FROM papers WHERE case_id IN (SELECT id FROM cases WHERE person = ?1)"],
    },
    Held {
        name: "people_apart",
        tables: &["people_apart"],
        columns: &["reason", "at"],
        select: "a.reason, CAST(a.at AS TEXT) FROM people_apart a WHERE a.one = ?1 OR a.other = ?1 ORDER BY a.at",
        erase: &["UPDATE people_apart SET reason = '' WHERE one = ?1 OR other = ?1"],
    },
    Held {
        name: "requests",
        tables: &["data_requests"],
        columns: &["kind", "wish", "answer"],
        select: "d.kind, d.wish, d.answer FROM data_requests d JOIN cases c ON c.id = d.case_id WHERE c.person = ?1 ORDER BY d.case_id",
        erase: &["UPDATE data_requests SET wish = '', answer = '' WHERE case_id IN (SELECT id FROM cases WHERE person = ?1)"],
    },
    // Rows of tables that somebody imported; what they hold is sealed and goes by itself soon after.
    Held {
        name: "imports",
        tables: &["import_rows"],
        columns: &["table", "row", "outcome", "at"],
        select: "i.name, CAST(r.row AS TEXT), r.outcome, CAST(i.made_at AS TEXT) FROM import_rows r JOIN imports i ON i.id = r.import WHERE r.person = ?1 ORDER BY r.id",
        erase: &["UPDATE import_rows SET sealed = NULL, key_id = NULL, told = NULL, twin = NULL WHERE person = ?1"],
    },
    // What a draft of a policy would change: it names ids and hours alone.
    Held {
        name: "drafts",
        tables: &["policy_effects"],
        columns: &["draft", "duty", "year", "status_before", "status_after"],
        select: "CAST(e.draft AS TEXT), e.duty, CAST(e.year AS TEXT), e.status_before, e.status_after FROM policy_effects e WHERE e.person = ?1 ORDER BY e.draft, e.duty",
        erase: &["DELETE FROM policy_effects WHERE person = ?1"],
    },
    Held {
        name: "deliveries",
        tables: &["completions"],
        columns: &["provider", "name", "title", "facts", "state"],
        select: "o.name, c.name, c.title, c.facts, c.state FROM completions c JOIN organisations o ON o.id = c.provider WHERE c.person = ?1 ORDER BY c.id",
        erase: &["UPDATE completions SET name = '', title = '', facts = '{}', lookup = NULL, sealed = NULL, key_id = NULL WHERE person = ?1"],
    },
    Held {
        name: "results",
        tables: &["obligations", "determinations"],
        columns: &["duty", "year", "status", "result", "at"],
        select: "o.duty, CAST(o.year AS TEXT), d.status, d.result, CAST(d.at AS TEXT) FROM determinations d JOIN obligations o ON o.id = d.obligation WHERE o.person = ?1 ORDER BY d.id",
        erase: &["UPDATE determinations SET result = '{}', basis = '{}' WHERE obligation IN (SELECT id FROM obligations WHERE person = ?1)"],
    },
    Held {
        name: "documents",
        tables: &["documents"],
        columns: &["kind", "code", "issued_at", "revoked_for"],
        select: "d.kind, d.code, CAST(d.issued_at AS TEXT), d.revoked_for FROM documents d WHERE d.person = ?1 ORDER BY d.id",
        erase: &["UPDATE documents SET digest = NULL, revoked_for = CASE WHEN revoked_for IS NULL THEN NULL ELSE '' END WHERE person = ?1"],
    },
    // Never changed, for anybody: they name ids, years and texts, and what lacked.
    Held {
        name: "gates",
        tables: &["gate_answers", "endorsements"],
        columns: &["gate", "day", "answer", "result", "at"],
        select: "g.gate, g.on_day, g.answer, g.result, CAST(g.asked_at AS TEXT) FROM gate_answers g WHERE g.person = ?1 ORDER BY g.id",
        erase: &[],
    },
    // What the ledger commits to: the commitment stays, and proves nothing about anybody without its salt.
    Held {
        name: "ledger",
        tables: &["entries", "entry_texts", "erasures"],
        columns: &["entry", "kind", "text", "at"],
        select: "CAST(e.id AS TEXT), e.kind, t.body, CAST(e.at AS TEXT) FROM entries e LEFT JOIN entry_texts t ON t.entry = e.id WHERE e.person = ?1 ORDER BY e.id",
        erase: &[],
    },
    // Never changed, for anybody: they hold ids, what was done, and the purpose an officer stated.
    Held {
        name: "looked_at",
        tables: &["audits"],
        columns: &["by", "what", "why", "at"],
        select: "a.login, u.action, u.purpose, CAST(u.at AS TEXT) FROM audits u LEFT JOIN accounts a ON a.id = u.account WHERE u.person = ?1 ORDER BY u.id",
        erase: &[],
    },
];

/// The tables that the list speaks of.
pub fn tables() -> Vec<&'static str> {
    HELD.iter().flat_map(|held| held.tables).copied().collect()
}
