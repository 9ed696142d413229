;; Multi-literal search over bytes, the Teddy way (Hyperscan; Rust's aho-corasick): three bytes of every literal make a
;; fingerprint, looked up sixteen places at a time through nibble tables. Where all three agree, tables of whole bytes
;; say in which buckets, and the literals of those are compared. Line feeds are counted in the same pass.
;;
;; Memory (src/detect/keyword-search.ts writes the tables):
;;      0  six tables of 16 bytes: low and high nibble of the first, second, third byte -> bit set of buckets
;;    128  eight buckets: u32 address of the first literal, u32 count
;;    192  answers: u32 line feeds, u32 whether a NUL was seen, u32 whether a byte >= 0x80 was seen, u32 next place
;;    256  literals: u64 bytes, u64 mask, u32 distance of the fingerprint from the start, u32 number
;;   8192  three tables of 256 bytes: first, second, third byte -> bit set of buckets
;;  16384  hits: u32 place, u32 number of the literal; 4096 of them
;;  65536  the bytes
(module
  (memory (export "memory") 2)

  ;; Adds the literals whose fingerprints stand at those of the places from $at on that have their bit set in $lanes.
  (func $compare (param $at i32) (param $lanes i32) (param $hits i32) (result i32)
    (local $place i32) (local $buckets i32) (local $bucket i32) (local $literal i32) (local $left i32) (local $start i32)
    (block $done
      (loop $next_lane
        (br_if $done (i32.eqz (local.get $lanes)))
        (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $lanes))))
        (local.set $lanes (i32.and (local.get $lanes) (i32.sub (local.get $lanes) (i32.const 1))))
        (local.set $buckets (i32.and (i32.load8_u offset=8192 (i32.load8_u (local.get $place)))
          (i32.and (i32.load8_u offset=8448 (i32.load8_u offset=1 (local.get $place)))
            (i32.load8_u offset=8704 (i32.load8_u offset=2 (local.get $place))))))
        (br_if $next_lane (i32.eqz (local.get $buckets)))
        (loop $next_bucket
          (local.set $bucket (i32.shl (i32.ctz (local.get $buckets)) (i32.const 3)))
          (local.set $buckets (i32.and (local.get $buckets) (i32.sub (local.get $buckets) (i32.const 1))))
          (local.set $literal (i32.load offset=128 (local.get $bucket)))
          (local.set $left (i32.load offset=132 (local.get $bucket)))
          (loop $next_literal
            (local.set $start (i32.sub (local.get $place) (i32.load offset=16 (local.get $literal))))
            (if (i64.eq
                  (i64.and (i64.load (local.get $start)) (i64.load offset=8 (local.get $literal)))
                  (i64.load (local.get $literal)))
              (then
                (i32.store offset=16384 (i32.shl (local.get $hits) (i32.const 3)) (local.get $start))
                (i32.store offset=16388 (i32.shl (local.get $hits) (i32.const 3))
                  (i32.load offset=20 (local.get $literal)))
                (local.set $hits (i32.add (local.get $hits) (i32.const 1)))))
            (local.set $literal (i32.add (local.get $literal) (i32.const 24)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $next_literal (local.get $left)))
          (br_if $next_bucket (local.get $buckets)))
        (br $next_lane)))
    (local.get $hits))

  ;; Searches the places from $from to $to, both addresses; 32 bytes past $to must be there. Gives the number of hits.
  ;; Stops early, after a step of 32 places, when the room for hits runs out; the next place is in the answers.
  (func (export "search") (param $from i32) (param $to i32) (result i32)
    (local $at i32) (local $whole i32) (local $hits i32) (local $newlines i32) (local $byte i32) (local $tail i32)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128)
    (local $nibble v128) (local $feed v128) (local $lows v128) (local $highs v128) (local $all v128) (local $least v128)
    (local $one v128) (local $one0 v128) (local $one1 v128) (local $one2 v128)
    (local $two v128) (local $two0 v128) (local $two1 v128) (local $two2 v128)
    (local $ahead v128) (local $ahead0 v128) (local $ahead1 v128) (local $ahead2 v128)
    (local $found1 v128) (local $found2 v128)
    (local.set $low0 (v128.load (i32.const 0)))
    (local.set $high0 (v128.load (i32.const 16)))
    (local.set $low1 (v128.load (i32.const 32)))
    (local.set $high1 (v128.load (i32.const 48)))
    (local.set $low2 (v128.load (i32.const 64)))
    (local.set $high2 (v128.load (i32.const 80)))
    (local.set $nibble (i8x16.splat (i32.const 15)))
    (local.set $feed (i8x16.splat (i32.const 10)))
    (local.set $least (i8x16.splat (i32.const 0xff)))
    (local.set $at (local.get $from))
    (local.set $whole
      (i32.add (local.get $from) (i32.and (i32.sub (local.get $to) (local.get $from)) (i32.const -32))))
    (block $done
      ;; Each sixteen bytes are looked up once, as the ones ahead; what was looked up moves on with the step.
      (block $steps_done
        (br_if $steps_done (i32.eq (local.get $at) (local.get $whole)))
        (local.set $ahead (v128.load (local.get $at)))
        (local.set $lows (v128.and (local.get $ahead) (local.get $nibble)))
        (local.set $highs (v128.and (i16x8.shr_u (local.get $ahead) (i32.const 4)) (local.get $nibble)))
        (local.set $ahead0 (v128.and
          (i8x16.swizzle (local.get $low0) (local.get $lows))
          (i8x16.swizzle (local.get $high0) (local.get $highs))))
        (local.set $ahead1 (v128.and
          (i8x16.swizzle (local.get $low1) (local.get $lows))
          (i8x16.swizzle (local.get $high1) (local.get $highs))))
        (local.set $ahead2 (v128.and
          (i8x16.swizzle (local.get $low2) (local.get $lows))
          (i8x16.swizzle (local.get $high2) (local.get $highs))))
        (loop $next_step
          (local.set $one (local.get $ahead))
          (local.set $one0 (local.get $ahead0))
          (local.set $one1 (local.get $ahead1))
          (local.set $one2 (local.get $ahead2))
          (local.set $two (v128.load offset=16 (local.get $at)))
          (local.set $lows (v128.and (local.get $two) (local.get $nibble)))
          (local.set $highs (v128.and (i16x8.shr_u (local.get $two) (i32.const 4)) (local.get $nibble)))
          (local.set $two0 (v128.and
            (i8x16.swizzle (local.get $low0) (local.get $lows))
            (i8x16.swizzle (local.get $high0) (local.get $highs))))
          (local.set $two1 (v128.and
            (i8x16.swizzle (local.get $low1) (local.get $lows))
            (i8x16.swizzle (local.get $high1) (local.get $highs))))
          (local.set $two2 (v128.and
            (i8x16.swizzle (local.get $low2) (local.get $lows))
            (i8x16.swizzle (local.get $high2) (local.get $highs))))
          (local.set $ahead (v128.load offset=32 (local.get $at)))
          (local.set $lows (v128.and (local.get $ahead) (local.get $nibble)))
          (local.set $highs (v128.and (i16x8.shr_u (local.get $ahead) (i32.const 4)) (local.get $nibble)))
          (local.set $ahead0 (v128.and
            (i8x16.swizzle (local.get $low0) (local.get $lows))
            (i8x16.swizzle (local.get $high0) (local.get $highs))))
          (local.set $ahead1 (v128.and
            (i8x16.swizzle (local.get $low1) (local.get $lows))
            (i8x16.swizzle (local.get $high1) (local.get $highs))))
          (local.set $ahead2 (v128.and
            (i8x16.swizzle (local.get $low2) (local.get $lows))
            (i8x16.swizzle (local.get $high2) (local.get $highs))))
          (local.set $found1 (v128.and (local.get $one0) (v128.and
            (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $one1) (local.get $two1))
            (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $one2) (local.get $two2)))))
          (local.set $found2 (v128.and (local.get $two0) (v128.and
            (i8x16.shuffle 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 (local.get $two1) (local.get $ahead1))
            (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $two2) (local.get $ahead2)))))
          (local.set $all (v128.or (local.get $all) (local.get $one)))
          (local.set $least (i8x16.min_u (local.get $least) (local.get $one)))
          (local.set $newlines (i32.add (local.get $newlines) (i32.popcnt
            (i8x16.bitmask (i8x16.eq (local.get $one) (local.get $feed))))))
          (local.set $all (v128.or (local.get $all) (local.get $two)))
          (local.set $least (i8x16.min_u (local.get $least) (local.get $two)))
          (local.set $newlines (i32.add (local.get $newlines) (i32.popcnt
            (i8x16.bitmask (i8x16.eq (local.get $two) (local.get $feed))))))
          (local.set $at (i32.add (local.get $at) (i32.const 32)))
          (if (v128.any_true (v128.or (local.get $found1) (local.get $found2)))
            (then
              (local.set $hits (call $compare (i32.sub (local.get $at) (i32.const 32))
                (i32.xor (i32.const -1) (i32.or
                  (i8x16.bitmask (i8x16.eq (local.get $found1) (v128.const i64x2 0 0)))
                  (i32.shl (i8x16.bitmask (i8x16.eq (local.get $found2) (v128.const i64x2 0 0))) (i32.const 16))))
                (local.get $hits)))
              (br_if $done (i32.gt_u (local.get $hits) (i32.const 3800)))))
          (br_if $next_step (i32.lt_u (local.get $at) (local.get $whole)))))
      ;; The last places, one by one: bytes past the end must say nothing.
      (local.set $tail (i32.sub (local.get $to) (local.get $at)))
      (local.set $hits (call $compare (local.get $at)
        (i32.sub (i32.shl (i32.const 1) (local.get $tail)) (i32.const 1)) (local.get $hits)))
      (loop $next_byte
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $all (v128.or (local.get $all) (i8x16.splat (local.get $byte))))
        (local.set $least (i8x16.min_u (local.get $least) (i8x16.splat (local.get $byte))))
        (local.set $newlines (i32.add (local.get $newlines) (i32.eq (local.get $byte) (i32.const 10))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next_byte)))
    (i32.store (i32.const 192) (local.get $newlines))
    (i32.store (i32.const 196) (i32.eqz (i8x16.all_true (local.get $least))))
    (i32.store (i32.const 200) (i32.ne (i8x16.bitmask (local.get $all)) (i32.const 0)))
    (i32.store (i32.const 204) (local.get $at))
    (local.get $hits))

  ;; Copies the bytes from $from to $to that are no NUL to $out; gives the address after the last one.
  (func (export "strip") (param $from i32) (param $to i32) (param $out i32) (result i32)
    (local $byte i32) (local $mixed i32) (local $bytes v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        ;; Sixteen at a time where none or all of them are NULs, as nearly always in a program.
        (if (i32.and (i32.ge_u (local.get $from) (local.get $mixed))
              (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (i32.const 16)))
          (then
            (local.set $bytes (v128.load (local.get $from)))
            (if (i8x16.all_true (local.get $bytes))
              (then
                (v128.store (local.get $out) (local.get $bytes))
                (local.set $out (i32.add (local.get $out) (i32.const 16)))
                (local.set $from (i32.add (local.get $from) (i32.const 16)))
                (br $next)))
            (if (i32.eqz (v128.any_true (local.get $bytes)))
              (then
                (local.set $from (i32.add (local.get $from) (i32.const 16)))
                (br $next)))
            (local.set $mixed (i32.add (local.get $from) (i32.const 16)))))
        (local.set $byte (i32.load8_u (local.get $from)))
        (i32.store8 (local.get $out) (local.get $byte))
        (local.set $out (i32.add (local.get $out) (i32.ne (local.get $byte) (i32.const 0))))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next)))
    (local.get $out)))
