//! Bare SQLite WAL loops: 2-statement insert transactions and primary-key selects.
//!
//! `sqliteloop FILE [SECONDS]`; the file is replaced. A FULL transaction is one fsync, so that its rate is the disk's.
#![forbid(unsafe_code)]

use std::time::Instant;

fn main() -> rusqlite::Result<()> {
    let path = std::env::args().nth(1).expect("path");
    let secs: f64 = std::env::args()
        .nth(2)
        .and_then(|s| s.parse().ok())
        .unwrap_or(5.0);
    let body = "x".repeat(1000);
    for sync in ["FULL", "NORMAL"] {
        for f in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{path}{f}"));
        }
        let mut db = rusqlite::Connection::open(&path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", sync)?;
        db.execute_batch("create table users(org int, id text primary key, key text, body text, unique(org, key)) without rowid; create table audit(id integer primary key, what text, subject text);")?;
        let (begin, mut n) = (Instant::now(), 0u64);
        let mut lat = vec![];
        while begin.elapsed().as_secs_f64() < secs {
            let t = Instant::now();
            let tx = db.transaction()?;
            tx.prepare_cached("insert into users values (1, ?1, ?2, ?3)")?
                .execute((format!("{n:032x}"), format!("user{n}@example.com"), &body))?;
            tx.prepare_cached("insert into audit(what, subject) values ('user.created', ?1)")?
                .execute([format!("{n:032x}")])?;
            tx.commit()?;
            lat.push(t.elapsed().as_micros() as u64);
            n += 1;
        }
        lat.sort_unstable();
        println!(
            "insert 2-statement tx synchronous={sync}: {:.0}/s p50 {} us p99 {} us",
            n as f64 / begin.elapsed().as_secs_f64(),
            lat[lat.len() / 2],
            lat[lat.len() * 99 / 100]
        );
        let (begin, mut k, mut x) = (Instant::now(), 0u64, 88172645463325252u64);
        while begin.elapsed().as_secs_f64() < secs / 2.0 {
            for _ in 0..100 {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                let _: String = db
                    .prepare_cached("select body from users where id = ?1")?
                    .query_row([format!("{:032x}", x % n)], |r| r.get(0))?;
                k += 1;
            }
        }
        println!(
            "select by primary key: {:.0}/s",
            k as f64 / begin.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
