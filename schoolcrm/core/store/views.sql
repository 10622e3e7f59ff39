-- The views that this program reads, made anew at the end of the last migration: their only definition
-- (0001_first.sql made those of its own day).

-- One definition of who is seen, what moves money, and what a balance is (R7, R36) ------------------------

CREATE VIEW visible_client AS
SELECT * FROM client
 WHERE archived_on IS NULL
   AND status_id NOT IN (SELECT id FROM status WHERE base = 'deleted');

-- amount: kopecks on the client's account, + in, − out; account: 0 the general one, else the subscription
-- with a separate balance; rank: payments before charges on one day.
CREATE VIEW ledger_entry AS
SELECT client_id, student_id, on_date, 0 AS rank, kind, id, ifnull(separate_id, 0) AS account, effect AS amount
  FROM payment
 WHERE voided_on IS NULL
UNION ALL
SELECT student.client_id, student.id, upfront_charge.on_date, 1, 'upfront', upfront_charge.id,
       iif(subscription.separate, subscription.id, 0), -upfront_charge.amount
  FROM upfront_charge
  JOIN subscription ON subscription.id = upfront_charge.subscription_id
  JOIN student ON student.id = subscription.student_id
UNION ALL
SELECT student.client_id, mark.student_id, mark.on_date, 2, 'lesson', mark.lesson_id, ifnull(mark.separate_id, 0), -mark.charge
  FROM student
 CROSS JOIN mark ON mark.student_id = student.id;

-- The ledger's sums, for the whole school at once: each table is added up in the order in which it lies, and
-- only the sums are put together. Of one client ask ledger_entry, which is then read by its indexes.
CREATE VIEW account_balance AS
WITH part AS (
    SELECT client_id, 0 AS account, sum(effect) AS amount
      FROM payment
     WHERE separate_id IS NULL AND voided_on IS NULL
     GROUP BY client_id
    UNION ALL
    SELECT client_id, separate_id, sum(effect)
      FROM payment
     WHERE separate_id IS NOT NULL AND voided_on IS NULL
     GROUP BY separate_id, client_id
    UNION ALL
    SELECT student.client_id, iif(subscription.separate, subscription.id, 0), -upfront_charge.amount
      FROM upfront_charge
      JOIN subscription ON subscription.id = upfront_charge.subscription_id
      JOIN student ON student.id = subscription.student_id
    UNION ALL
    SELECT student.client_id, 0, -charged.amount
      FROM (SELECT student_id, sum(charge) AS amount FROM mark WHERE separate_id IS NULL GROUP BY student_id) AS charged
     CROSS JOIN student ON student.id = charged.student_id
    UNION ALL
    SELECT student.client_id, charged.separate_id, -charged.amount
      FROM (SELECT student_id, separate_id, sum(charge) AS amount FROM mark WHERE separate_id IS NOT NULL
             GROUP BY separate_id, student_id) AS charged
     CROSS JOIN student ON student.id = charged.student_id)
SELECT client_id, account, sum(amount) AS balance
  FROM part
 GROUP BY client_id, account;

CREATE VIEW client_balance AS
SELECT client_id, sum(balance) AS balance
  FROM account_balance
 GROUP BY client_id;

-- The days on which a client's children attended a trial lesson: recorded on the client, free by the first mark
-- in a group, or under a trial subscription (R12).
CREATE VIEW attended_trial AS
SELECT client_id, on_date FROM trial WHERE state = 'attended'
UNION ALL
SELECT student.client_id, mark.on_date
  FROM mark
  JOIN student ON student.id = mark.student_id
 WHERE mark.basis = 'trial'
UNION ALL
SELECT student.client_id, mark.on_date
  FROM subscription
  JOIN student ON student.id = subscription.student_id
  JOIN mark ON mark.subscription_id = subscription.id AND mark.attended = 1
 WHERE subscription.is_trial = 1 AND subscription.deleted_on IS NULL;

-- A purchase is a sale that is not a trial and was not taken back (R9); an import is none (R62).
CREATE VIEW purchase AS
SELECT student.client_id, subscription.student_id, subscription.id AS subscription_id, subscription.sold_on
  FROM subscription
  JOIN student ON student.id = subscription.student_id
 WHERE subscription.is_trial = 0 AND subscription.origin = 'sale' AND subscription.deleted_on IS NULL;
