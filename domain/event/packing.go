package event

func init() {
	register[PackingRequested]()
	register[PackingStarted]()
	register[PackingReleased]()
	register[ProductPacked]()
	register[PackingCancelled]()
	register[UnpackingRequested]()
	register[ProductUnpacked]()
	register[PackingChanged]()
	register[PackingReopened]()
	register[ProductsTakenOut]()
	register[PackingFailed]()
	register[PackingResumed]()
	register[PackingOpened]()
	register[PackingPrinted]()
	register[PackingBatched]()
	register[PackingUnbatched]()
}

// Task names a packing task in its events.
type Task struct {
	TaskID  string `json:"taskId"`
	OrderID string `json:"orderId"`
}

// PackingRequested (E12): the packing role made a task for a placed order.
type PackingRequested struct {
	Task
	OrderNo      string `json:"orderNo"`
	CustomerName string `json:"customerName"`
	Lines        []Line `json:"lines"`
	Note         string `json:"note,omitempty"`
}

// Name implements Event.
func (PackingRequested) Name() string { return "packing.requested.v1" }

// PackingStarted (E12): a packer took the task.
type PackingStarted struct {
	Task
	PackerID   string `json:"packerId"`
	PackerName string `json:"packerName"`
}

// Name implements Event.
func (PackingStarted) Name() string { return "packing.started.v1" }

// PackingReleased (E12): the packer gave the task back.
type PackingReleased struct{ Task }

// Name implements Event.
func (PackingReleased) Name() string { return "packing.released.v1" }

// ProductPacked (E12): everything is in the box.
type ProductPacked struct {
	Task
	PackerID   string `json:"packerId"`
	PackerName string `json:"packerName"`
}

// Name implements Event.
func (ProductPacked) Name() string { return "packing.completed.v1" }

// PackingCancelled (E12): the order was cancelled before it was packed.
type PackingCancelled struct{ Task }

// Name implements Event.
func (PackingCancelled) Name() string { return "packing.cancelled.v1" }

// UnpackingRequested (E12): the order was cancelled after it was packed; the box
// must be emptied. Lines are what is in it.
type UnpackingRequested struct {
	Task
	Lines []Line `json:"lines,omitempty"`
}

// Name implements Event.
func (UnpackingRequested) Name() string { return "packing.unpacking_requested.v1" }

// ProductUnpacked (E12): the goods are back on the shelf.
type ProductUnpacked struct{ Task }

// Name implements Event.
func (ProductUnpacked) Name() string { return "packing.unpacked.v1" }

// PackingChanged (E12): a part of the order was cancelled before it was packed; Lines
// are what is left to pack. Removed has to come out of the box, if it was packed before.
type PackingChanged struct {
	Task
	Lines   []Line `json:"lines"`
	Removed []Line `json:"removed,omitempty"`
}

// Name implements Event.
func (PackingChanged) Name() string { return "packing.changed.v1" }

// PackingReopened (E12): a part of the order was cancelled when it was packed. The box
// is open again; Removed has to come out of it.
type PackingReopened struct {
	Task
	Lines   []Line `json:"lines"`
	Removed []Line `json:"removed"`
}

// Name implements Event.
func (PackingReopened) Name() string { return "packing.reopened.v1" }

// ProductsTakenOut (E12): what was cancelled of a packed order is back on the shelf.
// Left is what the box, closed again, holds.
type ProductsTakenOut struct {
	Task
	Lines []Line `json:"lines"`
	Left  []Line `json:"left"`
}

// Name implements Event.
func (ProductsTakenOut) Name() string { return "packing.taken_out.v1" }

// PackingFailed (E12): something is not there or not fit to be sent. Nobody packs the
// order until staff have decided. Short is all that lacks by now. Reason is a catalogue
// key or what the packer wrote.
type PackingFailed struct {
	Task
	Short      []Line `json:"short"`
	Reason     string `json:"reason"`
	PackerID   string `json:"packerId"`
	PackerName string `json:"packerName"`
}

// Name implements Event.
func (PackingFailed) Name() string { return "packing.failed.v1" }

// PackingResumed (E12): what lacked has come, or is cancelled: the order can be packed.
type PackingResumed struct{ Task }

// Name implements Event.
func (PackingResumed) Name() string { return "packing.resumed.v1" }

// PackingOpened (E12): a packer opened a box again that had not left yet, and has it in
// hand.
type PackingOpened struct {
	Task
	PackerID   string `json:"packerId"`
	PackerName string `json:"packerName"`
}

// Name implements Event.
func (PackingOpened) Name() string { return "packing.opened.v1" }

// PackingPrinted (E12): somebody printed a paper of the order. Kind and Size are those of
// a print job.
type PackingPrinted struct {
	Task
	JobID string `json:"jobId"`
	Kind  string `json:"kind"`
	Size  string `json:"size"`
}

// Name implements Event.
func (PackingPrinted) Name() string { return "packing.printed.v1" }

// PackingBatched (E12): the order is on a pick list with others; Slot is the letter its
// goods are sorted by.
type PackingBatched struct {
	Task
	BatchID string `json:"batchId"`
	BatchNo int64  `json:"batchNo"`
	Slot    string `json:"slot"`
}

// Name implements Event.
func (PackingBatched) Name() string { return "packing.batched.v1" }

// PackingUnbatched (E12): the order is on no pick list any more.
type PackingUnbatched struct {
	Task
	BatchID string `json:"batchId"`
	BatchNo int64  `json:"batchNo"`
}

// Name implements Event.
func (PackingUnbatched) Name() string { return "packing.unbatched.v1" }
