//! Tests of the node, in process and over real sockets. One binary; one module an area.

#![expect(clippy::unwrap_used, reason = "tests")]

mod calls;
mod household;
mod logged;
mod person;
mod receiver;
mod replaying;
mod traces;
mod world;

mod accounts;
mod bad_input;
mod contacts;
mod crash;
mod custody;
mod devices;
mod directory;
mod erasure;
mod exports;
mod faults;
mod hygiene;
mod idempotency;
mod keyring;
mod mail;
mod networks;
mod on_postgres;
mod openapi;
mod pages;
mod pairing;
mod problems;
mod signing_in;
mod starting;
mod story;
mod streams;
mod wallets;
mod webhooks;
