# Every decision is a record, part of another one, lost or unwanted: never none of these.

load --profile restricted
probe --hammer dev_mem 1
probe --hammer ioport 1
expect_status '.totals | .decisions > 100
	and .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_status '.operations[] | select(.name == "dev_mem") | .denied > 50 and .allowed == 0'
expect_status '([.operations[] | .allowed + .denied + (.audited // 0)] | add) == .totals.decisions'
