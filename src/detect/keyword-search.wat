;; Multi-literal search over bytes, the Teddy way (Hyperscan; Rust's aho-corasick): three bytes of every literal make a
;; fingerprint, looked up sixteen places at a time through nibble tables; where all three agree, the literals of the
;; bucket are compared whole. Line feeds are counted in the same pass.
;;
;; Memory (src/detect/keyword-search.ts writes the tables):
;;      0  six tables of 16 bytes: low and high nibble of the first, second, third byte -> bit set of buckets
;;    128  eight buckets: u32 address of the first literal, u32 count
;;    192  answers: u32 line feeds, u32 whether a NUL was seen, u32 whether a byte >= 0x80 was seen, u32 next place
;;    224  scratch, 16 bytes
;;    256  literals: u64 bytes, u64 mask, u32 distance of the fingerprint from the start, u32 number
;;  16384  hits: u32 place, u32 number of the literal; 4096 of them
;;  65536  the bytes
(module
  (memory (export "memory") 2)

  ;; Searches the places from $from to $to, both addresses; 32 bytes past $to must be there. Gives the number of hits.
  ;; Stops early when the room for hits runs out; the next place is in the answers.
  (func (export "search") (param $from i32) (param $to i32) (result i32)
    (local $at i32) (local $hits i32) (local $lanes i32) (local $lane i32) (local $buckets i32) (local $bucket i32)
    (local $literal i32) (local $left i32) (local $start i32) (local $newlines i32) (local $valid i32)
    (local $low0 v128) (local $high0 v128) (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128)
    (local $bytes v128) (local $found v128) (local $nuls v128) (local $all v128) (local $nibble v128)
    (local.set $low0 (v128.load (i32.const 0)))
    (local.set $high0 (v128.load (i32.const 16)))
    (local.set $low1 (v128.load (i32.const 32)))
    (local.set $high1 (v128.load (i32.const 48)))
    (local.set $low2 (v128.load (i32.const 64)))
    (local.set $high2 (v128.load (i32.const 80)))
    (local.set $nibble (i8x16.splat (i32.const 15)))
    (local.set $at (local.get $from))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (br_if $done (i32.gt_u (local.get $hits) (i32.const 3800)))
        (local.set $valid (i32.const 0xffff))
        (if (i32.lt_u (i32.sub (local.get $to) (local.get $at)) (i32.const 16))
          (then (local.set $valid
            (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $at))) (i32.const 1)))))
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $newlines (i32.add (local.get $newlines) (i32.popcnt (i32.and (local.get $valid)
          (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 10))))))))
        (if (i32.eq (local.get $valid) (i32.const 0xffff))
          (then
            (local.set $all (v128.or (local.get $all) (local.get $bytes)))
            (local.set $nuls (v128.or (local.get $nuls) (i8x16.eq (local.get $bytes) (v128.const i64x2 0 0)))))
          (else
            ;; The last places: bytes past the end must say nothing.
            (if (i32.and (local.get $valid) (i8x16.bitmask (local.get $bytes)))
              (then (local.set $all (i8x16.splat (i32.const 0x80)))))
            (if (i32.and (local.get $valid)
                  (i8x16.bitmask (i8x16.eq (local.get $bytes) (v128.const i64x2 0 0))))
              (then (local.set $nuls (i8x16.splat (i32.const 0xff)))))))
        (local.set $found (v128.and
          (i8x16.swizzle (local.get $low0) (v128.and (local.get $bytes) (local.get $nibble)))
          (i8x16.swizzle (local.get $high0) (i8x16.shr_u (local.get $bytes) (i32.const 4)))))
        (local.set $bytes (v128.load offset=1 (local.get $at)))
        (local.set $found (v128.and (local.get $found) (v128.and
          (i8x16.swizzle (local.get $low1) (v128.and (local.get $bytes) (local.get $nibble)))
          (i8x16.swizzle (local.get $high1) (i8x16.shr_u (local.get $bytes) (i32.const 4))))))
        (local.set $bytes (v128.load offset=2 (local.get $at)))
        (local.set $found (v128.and (local.get $found) (v128.and
          (i8x16.swizzle (local.get $low2) (v128.and (local.get $bytes) (local.get $nibble)))
          (i8x16.swizzle (local.get $high2) (i8x16.shr_u (local.get $bytes) (i32.const 4))))))
        (if (v128.any_true (local.get $found))
          (then
            (v128.store (i32.const 224) (local.get $found))
            (local.set $lanes (i32.and (local.get $valid) (i32.xor (i32.const 0xffff)
              (i8x16.bitmask (i8x16.eq (local.get $found) (v128.const i64x2 0 0))))))
            (block $lanes_done
              (loop $next_lane
                (br_if $lanes_done (i32.eqz (local.get $lanes)))
                (local.set $lane (i32.ctz (local.get $lanes)))
                (local.set $lanes (i32.and (local.get $lanes) (i32.sub (local.get $lanes) (i32.const 1))))
                (local.set $buckets (i32.load8_u offset=224 (local.get $lane)))
                (loop $next_bucket
                  (local.set $bucket (i32.shl (i32.ctz (local.get $buckets)) (i32.const 3)))
                  (local.set $buckets (i32.and (local.get $buckets) (i32.sub (local.get $buckets) (i32.const 1))))
                  (local.set $literal (i32.load offset=128 (local.get $bucket)))
                  (local.set $left (i32.load offset=132 (local.get $bucket)))
                  (loop $next_literal
                    (local.set $start (i32.sub (i32.add (local.get $at) (local.get $lane))
                      (i32.load offset=16 (local.get $literal))))
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
                (br $next_lane)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (i32.store (i32.const 192) (local.get $newlines))
    (i32.store (i32.const 196) (v128.any_true (local.get $nuls)))
    (i32.store (i32.const 200) (i32.ne (i8x16.bitmask (local.get $all)) (i32.const 0)))
    (i32.store (i32.const 204) (select (local.get $to) (local.get $at)
      (i32.gt_u (local.get $at) (local.get $to))))
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
