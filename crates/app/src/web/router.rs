//! Every address there is.

use super::api::describe::{Described, Methods};
use super::api::{self, auth, describe, once};
use super::door::{self, Door};
use super::pages::person::{self, data, declare, documents, home, looked_at, record, steps};
use super::pages::{
    account, calculator, deliveries, desk, docs, drafts, exports, find, gates, imports, jobs, landing, ledger, matters, people, registers, regulation, regulations, requests, sign_in, verification,
    verify, yearly,
};
use super::state::App;
use super::{assets, client, errors, security, session, watch};
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, StatusCode};
use axum::middleware;
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use xueshi_policy::PolicyFile;
use xueshi_registry::{Action, FILE_BYTES_MAX};

/// The main navigation: address, the key of its word, and to whom it is shown.
pub(super) const NAV: &[(&str, &str, Door)] = &[
    ("/home", "nav.home", Door::For(Action::Declare)),
    ("/declare", "nav.declare", Door::For(Action::Declare)),
    ("/desk", "nav.desk", Door::For(Action::Review)),
    ("/verification", "nav.verification", Door::For(Action::Verify)),
    ("/deliveries", "nav.deliveries", Door::For(Action::Deliver)),
    ("/register-desk", "nav.register-desk", Door::For(Action::Register)),
    ("/people", "nav.people", Door::Officer(Action::See)),
    ("/gates", "nav.gates", Door::For(Action::Ask)),
    ("/matters", "nav.matters", Door::For(Action::Request)),
    ("/approvers", "nav.approvers", Door::For(Action::Operate)),
    ("/imports", "nav.imports", Door::For(Action::Import)),
    ("/drafts", "nav.drafts", Door::For(Action::Regulate)),
    ("/regulations", "nav.regulations", Door::Open),
    ("/calculator", "nav.calculator", Door::Open),
    ("/verify", "nav.verify", Door::Open),
];

/// A request's number in headers.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// No request may take longer: a photo over a slow line takes minutes.
const SECONDS_MAX: u64 = 180;
/// Forms are small; a page that takes files raises it for itself.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Forms with files: one of the largest, or several smaller ones.
const FILES_BYTES_MAX: usize = FILE_BYTES_MAX + BODY_BYTES_MAX;

/// Every address with its door.
#[rustfmt::skip]
fn addresses() -> Table {
    Table::default()
        .add("/",                 Door::Open, get(landing::get))
        .add("/regulations",      Door::Open, get(regulations::get))
        .add("/regulations/{id}", Door::Open, get(regulation::get))
        .add("/calculator",       Door::Open, get(calculator::get))
        .add("/verify",           Door::Open, get(verify::get))
        .add("/verify/{code}",    Door::Open, get(verify::one))
        .add("/ledger",              Door::Open, get(ledger::get))
        .add("/ledger/checkpoint",   Door::Open, get(ledger::checkpoint))
        .add("/ledger/key",          Door::Open, get(ledger::key))
        .add("/ledger/tile/{*path}", Door::Open, get(ledger::tile))
        .add("/desk",             Door::For(Action::Review), get(desk::get))
        .add("/desk/many",        Door::For(Action::Review), post(desk::many::post))
        .add("/desk/{case}",      Door::Officer(Action::See), get(desk::one).post(desk::post))
        .add("/desk/{case}/proofs/{proof}", Door::Officer(Action::See), get(desk::proof::get))
        .add("/verification",      Door::For(Action::Verify), get(verification::get))
        .add("/verification/open", Door::For(Action::Verify), post(verification::open))
        .add("/verification/many", Door::For(Action::Verify), post(desk::many::post))
        .add("/deliveries",       Door::For(Action::Deliver), get(deliveries::get))
        .add("/deliveries/sent",  Door::For(Action::Deliver), get(deliveries::all_sent))
        .add("/deliveries/retry", Door::For(Action::Deliver), post(deliveries::retry))
        .add("/deliveries/keys",  Door::For(Action::Deliver), get(deliveries::keys::get).post(deliveries::keys::post))
        .add("/deliveries/keys/{key}", Door::For(Action::Deliver), post(deliveries::keys::revoke))
        .add("/deliveries/{id}",  Door::For(Action::Deliver), get(deliveries::one::get).post(deliveries::one::post))
        .add("/registers",        Door::Open, get(registers::get))
        .add("/register-desk",    Door::For(Action::Register), get(registers::desk).post(registers::add))
        .add("/register-desk/{entry}", Door::For(Action::Register), post(registers::close))
        .add("/yearly",                          Door::Officer(Action::See), get(yearly::get))
        .add("/yearly/{employer}/{year}",        Door::Officer(Action::See), get(yearly::one::get).post(yearly::one::post))
        .add("/yearly/{employer}/{year}/verify", Door::For(Action::Verify),  post(yearly::one::verify))
        .add("/spot-checks",            Door::Officer(Action::See), get(yearly::checks::get))
        .add("/spot-checks/draw",       Door::For(Action::Inspect), post(yearly::checks::post))
        .add("/spot-checks/{id}",       Door::Officer(Action::See), get(yearly::checks::one))
        .add("/spot-checks/{id}/found", Door::For(Action::Inspect), post(yearly::checks::found))
        .add("/gates",                  Door::For(Action::Ask),     get(gates::get))
        .add("/gates/ask",              Door::For(Action::Ask),     post(gates::ask))
        .add("/gates/explained",        Door::Open,                 get(gates::explained::get))
        .add("/gates/people",           Door::Officer(Action::Ask), get(gates::people::get))
        .add("/gates/people.csv",       Door::Officer(Action::Ask), get(gates::people::csv))
        .add("/gates/{id}",             Door::For(Action::See),     get(gates::one::get))
        .add("/gates/{id}/sheet",       Door::For(Action::See),     get(gates::sheet::get))
        .add("/gates/{id}/endorsement", Door::Officer(Action::Ask), post(gates::one::request))
        .add("/gates/{id}/step",        Door::For(Action::Review),  post(gates::one::step))
        .add("/people",               Door::Officer(Action::See), get(people::get))
        .add("/people/{id}",          Door::Officer(Action::See), get(people::one::get))
        .add("/people/{id}/identity", Door::For(Action::Unmask),  post(people::one::identity))
        .add("/people/{id}/documents/{document}", Door::For(Action::Revoke), post(people::one::revoke))
        .add("/imports",                 Door::For(Action::Import), with_tables(get(imports::get).post(imports::post)))
        .add("/imports/template/{kind}", Door::For(Action::Import), get(imports::workbook))
        .add("/imports/{id}",            Door::For(Action::Import), get(imports::one::get).post(imports::one::post))
        .add("/imports/{id}/rows.csv",   Door::For(Action::Import), get(imports::rows::get))
        .add("/drafts",           Door::For(Action::Regulate), get(drafts::get).post(drafts::post))
        .add("/drafts/{id}",      Door::For(Action::Regulate), with_policies(get(drafts::one::get).post(drafts::one::post)))
        .add("/jobs",             Door::For(Action::Follow), get(jobs::list))
        .add("/jobs/{id}",        Door::For(Action::Follow), get(jobs::get))
        .add("/jobs/{id}/events", Door::For(Action::Follow), get(jobs::events::get))
        .add("/jobs/{id}/cancel", Door::For(Action::Follow), post(jobs::cancel))
        .add("/jobs/{id}/again",  Door::For(Action::Follow), post(jobs::again))
        .add("/people/new",           Door::For(Action::Enrol), with_files(get(people::enrol::get).post(people::enrol::post)))
        .add("/people/transfer-in",   Door::For(Action::Enrol), with_files(get(people::enrol::get_transfer).post(people::enrol::post_transfer)))
        .add("/people/doubles",       Door::For(Action::Keep), get(people::doubles::get).post(people::doubles::post))
        .add("/people/{id}/grants",   Door::For(Action::See), with_files(get(people::grants::get).post(people::grants::post)))
        .add("/approvers",            Door::For(Action::Operate), get(matters::approvers::get).post(matters::approvers::post))
        .add("/people/{id}/registration", Door::For(Action::Request), with_files(get(people::registration::get).post(people::registration::post)))
        .add("/matters",              Door::For(Action::Request), get(matters::get))
        .add("/matters/{case}",       Door::For(Action::See), get(matters::one::get).post(matters::one::post))
        .add("/matters/{case}/form",  Door::For(Action::See), get(matters::form::get))
        .add("/matters/{case}/papers/{paper}", Door::For(Action::See), get(matters::one::paper))
        .add("/me",                   Door::For(Action::Declare), get(people::registration::own))
        .add("/sign-in",          Door::Open, get(sign_in::get).post(sign_in::post))
        .add("/sign-in/code",     Door::Half, get(sign_in::code::get).post(sign_in::code::post))
        .add("/sign-in/app",      Door::Half, get(sign_in::app::get).post(sign_in::app::post))
        .add("/sign-in/with",     Door::Open, get(sign_in::openid::begin))
        .add("/sign-in/back",     Door::Open, get(sign_in::openid::back))
        .add("/account",          Door::In,   get(account::get))
        .add("/account/link",     Door::In,   post(account::link))
        .add("/account/unlink",   Door::In,   post(account::unlink))
        .add("/sign-out",         Door::Half, post(sign_in::out))
        .add("/role",             Door::In,   post(sign_in::role))
        .add("/find",             Door::In,   post(find::post))
        .add("/home",             Door::For(Action::Declare), get(home::get))
        .add("/declare",          Door::For(Action::Declare), with_files(get(declare::get).post(declare::post)))
        .add("/records/certificate",     Door::For(Action::Declare), post(documents::certificate))
        .add("/records/card",            Door::For(Action::Declare), post(documents::card))
        .add("/records/{case}",          Door::For(Action::Declare), get(record::get))
        .add("/records/{case}/form",     Door::For(Action::See),     get(person::form::get))
        .add("/records/{case}/edit",     Door::For(Action::Declare), with_files(get(declare::edit).post(declare::post_edit)))
        .add("/records/{case}/submit",   Door::For(Action::Declare), post(steps::submit))
        .add("/records/{case}/withdraw", Door::For(Action::Declare), post(steps::withdraw))
        .add("/records/{case}/attach",   Door::For(Action::Declare), with_files(post(steps::attach)))
        .add("/records/{case}/detach",   Door::For(Action::Declare), post(steps::detach))
        .add("/proofs/{id}",      Door::For(Action::See),     get(steps::proof))
        .add("/documents/{id}",   Door::For(Action::See),     get(documents::get))
        .add("/me/deliveries",    Door::For(Action::Declare), get(person::deliveries::get))
        .add("/me/data",                 Door::For(Action::Declare), get(data::get).post(data::post))
        .add("/me/data/package",         Door::For(Action::Declare), post(data::package))
        .add("/me/data/{case}/withdraw", Door::For(Action::Declare), post(data::withdraw))
        .add("/requests",         Door::For(Action::Review), get(requests::get))
        .add("/requests/{case}",  Door::Officer(Action::See), get(requests::one).post(requests::post))
        .add("/me/looked-at",     Door::For(Action::Declare), get(looked_at::get))
        .add("/assets/{file}",    Door::Open, get(assets::get))
        .add("/favicon.ico",      Door::Open, get(assets::icon))
        .add("/healthz",          Door::Open, get(watch::healthz))
        .add("/readyz",           Door::Open, get(watch::readyz))
        .add("/exports",             Door::For(Action::See), get(exports::get).post(exports::post))
        .add("/api",                 Door::Open, get(docs::get))
        .add("/api/v1/openapi.json", Door::Open, get(api::openapi::get))
        .api("/api/v1/me",           Door::In,   describe::get(&api::me::GET, api::me::get))
        .api("/api/v1/people",       Door::For(Action::See), describe::get(&api::people::LIST, api::people::list))
        .api("/api/v1/people/find",  Door::For(Action::See), describe::post(&api::people::FIND, api::people::find))
        .api("/api/v1/people/{id}",  Door::For(Action::See), describe::get(&api::people::ONE, api::people::one))
        .api("/api/v1/people",                     Door::For(Action::Enrol),   describe::post(&api::registration::ENROL, api::registration::enrol))
        .api("/api/v1/people/{id}/registration",   Door::For(Action::See),     describe::get(&api::registration::ONE, api::registration::one))
        .api("/api/v1/people/{id}/facts",          Door::For(Action::Keep),    describe::put(&api::registration::FACTS, api::registration::facts))
        .api("/api/v1/people/{id}/departures",     Door::For(Action::Keep),    describe::post(&api::registration::LEAVE, api::registration::leave))
        .api("/api/v1/people/{id}/main-post",      Door::For(Action::Keep),    describe::post(&api::registration::MAIN, api::registration::main_post))
        .api("/api/v1/people/{id}/post-title",     Door::For(Action::Keep),    describe::post(&api::registration::TITLE, api::registration::post_title))
        .api("/api/v1/people/doubles",             Door::For(Action::Keep),    describe::get(&api::doubles::LIST, api::doubles::list))
        .api("/api/v1/people/doubles/merge",       Door::For(Action::Keep),    describe::post(&api::doubles::MERGE, api::doubles::merge))
        .api("/api/v1/people/doubles/keep-apart",  Door::For(Action::Keep),    describe::post(&api::doubles::KEEP_APART, api::doubles::keep_apart))
        .api("/api/v1/people/transfer-in",         Door::For(Action::Enrol),   describe::post(&api::transfers::ASK_IN, api::transfers::transfer_in))
        .api("/api/v1/people/{id}/transfers",      Door::For(Action::Request), describe::post(&api::transfers::ASK, api::transfers::transfer))
        .api("/api/v1/people/{id}/changes",        Door::For(Action::Request), describe::post(&api::transfers::CHANGE, api::transfers::change).body_max(api::proofs::BYTES_MAX))
        .api("/api/v1/people/{id}/years/{year}/grants",  Door::For(Action::See),     describe::get(&api::grants::YEAR, api::grants::year))
        .api("/api/v1/people/{id}/years/{year}/reasons", Door::For(Action::Request), describe::post(&api::grants::REASON, api::grants::reason).body_max(api::proofs::BYTES_MAX))
        .api("/api/v1/people/{id}/exemptions",           Door::For(Action::Request), describe::post(&api::grants::EXEMPTION, api::grants::exemption).body_max(api::proofs::BYTES_MAX))
        .api("/api/v1/people/{id}/breaches",             Door::For(Action::Keep),    describe::post(&api::grants::BREACH, api::grants::breach).body_max(api::proofs::BYTES_MAX))
        .api("/api/v1/approvers",                    Door::For(Action::Operate), describe::get(&api::approvers::LIST, api::approvers::list).post(&api::approvers::NAME, api::approvers::name))
        .api("/api/v1/matters",                      Door::For(Action::Request), describe::get(&api::matters::LIST, api::matters::list))
        .api("/api/v1/matters/{id}",                 Door::For(Action::See),     describe::get(&api::matters::ONE, api::matters::one))
        .api("/api/v1/matters/{id}/decide",          Door::For(Action::See),     describe::post(&api::matters::DECIDE, api::matters::decide))
        .api("/api/v1/matters/{id}/proofs/{proof}",  Door::For(Action::See),     describe::get(&api::matters::PROOF, api::matters::proof))
        .api("/api/v1/me/data",              Door::For(Action::Declare), describe::post(&api::requests::PACKAGE, api::requests::package))
        .api("/api/v1/me/requests",          Door::For(Action::Declare), describe::get(&api::requests::MINE, api::requests::mine).post(&api::requests::ASK, api::requests::request))
        .api("/api/v1/me/looked-at",         Door::For(Action::Declare), describe::get(&api::looked_at::LIST, api::looked_at::list))
        .api("/api/v1/requests",             Door::For(Action::Review),  describe::get(&api::requests::LIST, api::requests::list))
        .api("/api/v1/requests/{id}",        Door::For(Action::See),     describe::get(&api::requests::ONE, api::requests::one))
        .api("/api/v1/requests/{id}/decide", Door::For(Action::See),     describe::post(&api::requests::DECIDE, api::requests::decide))
        .api("/api/v1/declarations", Door::For(Action::Declare), describe::post(&api::declarations::CREATE, api::declarations::create))
        .api("/api/v1/declarations/{id}",          Door::For(Action::See),     describe::get(&api::declarations::ONE, api::declarations::one).put(&api::declarations::REVISE, api::declarations::revise))
        .api("/api/v1/declarations/{id}/submit",   Door::For(Action::Declare), describe::post(&api::declarations::SUBMIT, api::declarations::submit))
        .api("/api/v1/declarations/{id}/withdraw", Door::For(Action::Declare), describe::post(&api::declarations::WITHDRAW, api::declarations::withdraw))
        .api("/api/v1/declarations/{id}/decide",   Door::Officer(Action::See), describe::post(&api::declarations::DECIDE, api::declarations::decide))
        .api("/api/v1/declarations/{id}/proofs",         Door::For(Action::See),     describe::get(&api::proofs::LIST, api::proofs::list).post(&api::proofs::ATTACH, api::proofs::attach).body_max(api::proofs::BYTES_MAX))
        .api("/api/v1/declarations/{id}/proofs/{proof}", Door::For(Action::Declare), describe::delete(&api::proofs::DETACH, api::proofs::detach))
        .api("/api/v1/proofs/{id}",     Door::For(Action::See), describe::get(&api::proofs::FILE, api::proofs::file))
        .api("/api/v1/deliveries",      Door::For(Action::Deliver), describe::post(&api::deliveries::DELIVER, api::deliveries::deliver).body_max(api::deliveries::BYTES_MAX))
        .api("/api/v1/deliveries/{id}", Door::For(Action::Deliver), describe::get(&api::deliveries::ONE, api::deliveries::one))
        .api("/api/v1/completions",            Door::For(Action::Deliver), describe::get(&api::completions::LIST, api::completions::list))
        .api("/api/v1/completions/retry",      Door::For(Action::Deliver), describe::post(&api::completions::RETRY, api::completions::retry))
        .api("/api/v1/completions/{id}",       Door::For(Action::Deliver), describe::get(&api::completions::ONE, api::completions::one).put(&api::completions::CORRECT, api::completions::correct))
        .api("/api/v1/completions/{id}/step",  Door::For(Action::Deliver), describe::post(&api::completions::STEP, api::completions::step))
        .api("/api/v1/people/{id}/deliveries", Door::For(Action::See),     describe::get(&api::completions::ABOUT, api::completions::about))
        .api("/api/v1/imports",            Door::For(Action::Import), describe::get(&api::imports::LIST, api::imports::list).post(&api::imports::CREATE, api::imports::create).body_max(api::imports::BYTES_MAX))
        .api("/api/v1/imports/{id}",       Door::For(Action::Import), describe::get(&api::imports::ONE, api::imports::one))
        .api("/api/v1/imports/{id}/lines", Door::For(Action::Import), describe::get(&api::imports::LINES, api::imports::lines))
        .api("/api/v1/imports/{id}/enter", Door::For(Action::Import), describe::post(&api::imports::ENTER, api::imports::enter))
        .api("/api/v1/jobs",                Door::For(Action::Follow), describe::get(&api::jobs::LIST, api::jobs::list))
        .api("/api/v1/jobs/{id}",           Door::For(Action::Follow), describe::get(&api::jobs::ONE, api::jobs::one))
        .api("/api/v1/jobs/{id}/cancel",    Door::For(Action::Follow), describe::post(&api::jobs::CANCEL, api::jobs::cancel))
        .api("/api/v1/jobs/{id}/go-on",     Door::For(Action::Follow), describe::post(&api::jobs::GO_ON, api::jobs::go_on))
        .api("/api/v1/jobs/{id}/take-back", Door::For(Action::Follow), describe::post(&api::jobs::TAKE_BACK, api::jobs::take_back))
        .api("/api/v1/drafts",                  Door::For(Action::Regulate), describe::get(&api::drafts::LIST, api::drafts::list).post(&api::drafts::CREATE, api::drafts::create).body_max(api::drafts::BYTES_MAX))
        .api("/api/v1/drafts/{id}",             Door::For(Action::Regulate), describe::get(&api::drafts::ONE, api::drafts::one).put(&api::drafts::EDIT, api::drafts::edit).body_max(api::drafts::BYTES_MAX))
        .api("/api/v1/drafts/{id}/step",        Door::For(Action::Regulate), describe::post(&api::drafts::STEP, api::drafts::step))
        .api("/api/v1/drafts/{id}/effects",     Door::For(Action::Regulate), describe::get(&api::drafts::EFFECTS, api::drafts::effects))
        .api("/api/v1/drafts/{id}/redetermine", Door::For(Action::Regulate), describe::post(&api::drafts::REDETERMINE, api::drafts::redetermine))
        .api("/api/v1/people/{id}/years/{year}",     Door::For(Action::See), describe::get(&api::years::YEAR, api::years::year))
        .api("/api/v1/people/{id}/determinations",   Door::For(Action::See), describe::get(&api::years::LIST, api::years::list))
        .api("/api/v1/people/{id}/gates",            Door::For(Action::Ask), describe::post(&api::gates::ASK, api::gates::create))
        .api("/api/v1/gates/answers",      Door::For(Action::See),     describe::get(&api::gates::LIST, api::gates::list))
        .api("/api/v1/gates/answers/{id}", Door::For(Action::See),     describe::get(&api::gates::ONE, api::gates::one))
        .api("/api/v1/gates/answers/{id}/endorsement",      Door::Officer(Action::Ask), describe::post(&api::endorsing::REQUEST, api::endorsing::request))
        .api("/api/v1/gates/answers/{id}/endorsement/step", Door::For(Action::Review),  describe::post(&api::endorsing::STEP, api::endorsing::step))
        .api("/api/v1/gates/people",       Door::Officer(Action::Ask), describe::get(&api::gates::PEOPLE, api::gates::people))
        .api("/api/v1/gates/waiting",      Door::For(Action::Review),  describe::get(&api::endorsing::WAITING, api::endorsing::waiting))
        .api("/api/v1/people/{id}/documents",        Door::For(Action::See), describe::get(&api::documents::LIST, api::documents::list))
        .api("/api/v1/records",                      Door::For(Action::See), describe::get(&api::records::LIST, api::records::list))
        .api("/api/v1/exports/records",              Door::For(Action::See), describe::post(&api::exports::RECORDS, api::exports::records))
        .api("/api/v1/determinations/{id}",          Door::For(Action::See), describe::get(&api::years::ONE, api::years::one))
        .api("/api/v1/verifications",                Door::Officer(Action::See), describe::get(&api::verifications::LIST, api::verifications::list))
        .api("/api/v1/verifications/open",           Door::For(Action::Verify),  describe::post(&api::verifications::OPEN, api::verifications::open))
        .api("/api/v1/verifications/{id}",           Door::For(Action::See),     describe::get(&api::verifications::ONE, api::verifications::one))
        .api("/api/v1/verifications/{id}/decide",    Door::Officer(Action::See), describe::post(&api::verifications::DECIDE, api::verifications::decide))
        .api("/api/v1/employer-years",                    Door::Officer(Action::See), describe::get(&api::employer_years::LIST, api::employer_years::list))
        .api("/api/v1/employer-years/{id}/{year}",        Door::Officer(Action::See), describe::get(&api::employer_years::ONE, api::employer_years::one))
        .api("/api/v1/employer-years/{id}/{year}/step",   Door::Officer(Action::See), describe::post(&api::employer_years::STEP, api::employer_years::step))
        .api("/api/v1/employer-years/{id}/{year}/verify", Door::For(Action::Verify),  describe::post(&api::employer_years::VERIFY, api::employer_years::verify))
        .api("/api/v1/spot-checks",               Door::Officer(Action::See), describe::get(&api::spot_checks::LIST, api::spot_checks::list))
        .api("/api/v1/spot-checks/draw",          Door::For(Action::Inspect), describe::post(&api::spot_checks::DRAW, api::spot_checks::draw))
        .api("/api/v1/spot-checks/{id}",          Door::Officer(Action::See), describe::get(&api::spot_checks::ONE, api::spot_checks::one))
        .api("/api/v1/spot-checks/{id}/findings", Door::For(Action::Inspect), describe::post(&api::spot_checks::FIND, api::spot_checks::find))
        .api("/api/v1/registers",                 Door::Open,                 describe::get(&api::registers::LIST, api::registers::list))
        .api("/api/v1/registers/add",             Door::For(Action::Register), describe::post(&api::registers::ADD, api::registers::add))
        .api("/api/v1/registers/{id}",            Door::Open,                 describe::get(&api::registers::ONE, api::registers::one))
        .api("/api/v1/registers/{id}/close",      Door::For(Action::Register), describe::post(&api::registers::CLOSE, api::registers::close))
        .api("/api/v1/documents/{code}",             Door::Open, describe::get(&api::documents::VERIFY, api::documents::verify))
        .api("/api/v1/documents/{code}/file",        Door::For(Action::See),    describe::get(&api::issuing::FILE, api::issuing::file))
        .api("/api/v1/documents/{code}/revoke",      Door::For(Action::Revoke), describe::post(&api::issuing::REVOKE, api::issuing::revoke))
        .api("/api/v1/certificates",  Door::For(Action::Print), describe::post(&api::issuing::CERTIFICATE, api::issuing::certificate))
        .api("/api/v1/cards",         Door::For(Action::Print), describe::post(&api::issuing::CARD, api::issuing::card))
        .api("/api/v1/assess",        Door::Open, describe::post(&api::assess::POST, api::assess::post))
        .api("/api/v1/policies",      Door::Open, describe::get(&api::policies::LIST, api::policies::list))
        .api("/api/v1/policies/{id}", Door::Open, describe::get(&api::policies::ONE, api::policies::one))
}

/// An address whose forms may hold files.
fn with_files(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    methods.layer(DefaultBodyLimit::max(FILES_BYTES_MAX))
}

/// An address whose form may hold the text of a policy; a character takes nine bytes on the way.
fn with_policies(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    methods.layer(DefaultBodyLimit::max(3 * PolicyFile::BYTES_MAX + BODY_BYTES_MAX))
}

/// An address whose forms may hold a table.
fn with_tables(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    methods.layer(DefaultBodyLimit::max(crate::importing::FILE_BYTES_MAX + BODY_BYTES_MAX))
}

/// The table: no address gets in without a door.
#[derive(Default)]
struct Table {
    router: Router<Arc<App>>,
    /// Every address with its door, for the test that tries each door.
    listed: Vec<(&'static str, Door)>,
    /// Every operation of the API.
    described: Vec<(&'static str, Door, Described)>,
}

impl Table {
    fn add(mut self, path: &'static str, door: Door, methods: MethodRouter<Arc<App>>) -> Self {
        self.listed.push((path, door));
        Self { router: self.router.route(path, methods.layer(middleware::from_fn_with_state(door, door::guard))), ..self }
    }

    /// An address of the API: described, and what a session changes there takes its token.
    fn api(mut self, path: &'static str, door: Door, methods: Methods) -> Self {
        self.described.extend(methods.described.into_iter().map(|described| (path, door, described)));
        let mut router = methods.router;
        if door != Door::Open {
            router = router.layer(middleware::from_fn(once::layer)).layer(middleware::from_fn(auth::own_pages));
        }
        if let Some(bytes) = methods.body_max {
            router = router.layer(DefaultBodyLimit::max(bytes));
        }
        self.add(path, door, router)
    }
}

/// Every operation of the API with its address and door.
pub(super) fn described() -> Vec<(&'static str, Door, Described)> {
    addresses().described
}

/// Every address with its door.
#[cfg(test)]
pub(super) fn listed() -> Vec<(&'static str, Door)> {
    addresses().listed
}

/// The addresses with everything around them, outermost last.
pub(super) fn router(app: Arc<App>) -> Router {
    framed(addresses().router.fallback(|| async { errors::Failed::NotFound }), app)
}

/// What stands around addresses, outermost last.
pub(super) fn framed(addresses: Router<Arc<App>>, app: Arc<App>) -> Router {
    addresses
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(SECONDS_MAX)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), errors::present))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), session::load))
        .layer(Extension(Arc::clone(&app)))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), security::protect))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(Arc::clone(&app), watch::observe))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(middleware::from_fn(watch::tidy))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), client::find))
        .with_state(app)
}

fn panicked(_: Box<dyn Any + Send>) -> axum::response::Response {
    errors::Failed::Internal("a panic, reported by itself".to_owned()).into_response()
}
