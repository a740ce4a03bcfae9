-- Mails that the mail server never put off leave first, in the order of their ids; then those that it did, the one
-- that has been due for longest first. Found among many that are not due without looking at each.
CREATE INDEX outbox_first ON outbox (id) WHERE status = 'queued' AND deferrals = 0;
CREATE INDEX outbox_deferred ON outbox (due_at) WHERE status = 'queued' AND deferrals > 0;
