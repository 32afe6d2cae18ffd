package ops

import (
	"context"
	"time"

	"daybreak/domain/db"
)

func unpublished(ctx context.Context, d *db.DB, before time.Time) (int64, error) {
	return db.One(ctx, d, db.Int64, `/* ops.unpublished */ select count(*) from outbox o join events e on e.seq = o.seq
		where e.at < $1`, db.Micros(before))
}

func parkedSilently(ctx context.Context, d *db.DB) (int64, error) {
	return db.One(ctx, d, db.Int64, `/* ops.parked */ select count(*) from queue_backlog where state = 'parked' and error = ''`)
}

// The newest aggregates' events looked at: what is older has been looked at before.
const gapDepth = 20_000

// versionGaps counts aggregates whose newest events lack a version in between or
// have one twice.
func versionGaps(ctx context.Context, d *db.DB) (int64, error) {
	return db.One(ctx, d, db.Int64, `/* ops.gaps */ select count(*) from (
		select agg_type, agg_id from events where seq > (select coalesce(max(seq), 0) from events) - $1
		group by agg_type, agg_id
		having count(*) <> max(agg_version) - min(agg_version) + 1 or count(*) <> count(distinct agg_version)) gaps`, int64(gapDepth))
}
