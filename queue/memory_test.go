package queue_test

import (
	"testing"

	"go.uber.org/goleak"

	"daybreak/queue"
	"daybreak/queue/queuetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryIsABroker(t *testing.T) {
	queuetest.Run(t, func(testing.TB) queuetest.World {
		return queuetest.World{Process: func(_ testing.TB, topo queue.Topology) queue.Broker { return queue.NewMemory(topo) }}
	})
}
