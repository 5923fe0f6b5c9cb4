CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    applied_at VARCHAR(32) DEFAULT CURRENT_TIMESTAMP NOT NULL,
    PRIMARY KEY (version)
);

CREATE TABLE changes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind VARCHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    venue TEXT NOT NULL,
    occurrence TEXT,
    cue TEXT,
    field TEXT,
    value JSON,
    until VARCHAR(16) NOT NULL,
    undone_by TEXT,
    undone_at BIGINT
);

CREATE INDEX changes_by_venue ON changes (venue, at);

CREATE TABLE asrun (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    event TEXT,
    cue TEXT,
    venue TEXT NOT NULL,
    field TEXT NOT NULL,
    planned_at BIGINT,
    sent_at BIGINT,
    confirmed_at BIGINT,
    "before" TEXT,
    "after" TEXT,
    reason TEXT NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX asrun_open ON asrun (outcome) WHERE outcome = 'sent';

CREATE INDEX asrun_by_event ON asrun (event);

CREATE INDEX asrun_by_plan ON asrun (planned_at);

CREATE INDEX asrun_by_time ON asrun (at);

CREATE TABLE processes (
    "key" TEXT NOT NULL,
    pid BIGINT NOT NULL,
    created FLOAT NOT NULL,
    argv_digest VARCHAR(64) NOT NULL,
    files TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE incidents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT
);

CREATE INDEX incidents_by_time ON incidents (since);

CREATE UNIQUE INDEX incidents_lasting ON incidents (code, place) WHERE until IS NULL;

CREATE TABLE recordings (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    occurrence TEXT NOT NULL,
    venue TEXT NOT NULL,
    title TEXT NOT NULL,
    start BIGINT NOT NULL,
    folder TEXT NOT NULL,
    duration FLOAT NOT NULL,
    size BIGINT NOT NULL,
    verified_at BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    words TEXT NOT NULL,
    found_by TEXT NOT NULL,
    CONSTRAINT recordings_one_per_occurrence UNIQUE (occurrence)
);

CREATE INDEX recordings_by_time ON recordings (start);

INSERT INTO schema_version (version) VALUES (1);
