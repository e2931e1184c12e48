// reduce_0: 23 iterations, 1 in an invocation, 1 × 1 × 1 workgroups of 64
//   binding 0: t3, buffer 3, 23 × bool, written
//   binding 1: t4, buffer 4, 23 × int32, written
//   binding 2: i, buffer 1, 23 × int32, read
// fused:
//   compare
//   add
//   select
//   compare
//   compare
//   and
//   reduce

@group(0) @binding(0) var<storage, read_write> t3: array<atomic<u32>, 8>;
@group(0) @binding(1) var<storage, read_write> t4: array<i32, 23>;
@group(0) @binding(2) var<storage, read> i: array<i32, 23>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let g = i32(wid.x * 64u + lid);
  if (g >= 23) { return; }
  let x = i[g];
  let v = (x < 0i);
  let v_1 = (x + 50i);
  let v_2 = select(x, v_1, v);
  var acc0: bool = true;
  for (var c: i32 = 0; c < 1; c += 1) {
    let v_3 = (v_2 >= 0i);
    let v_4 = (v_2 <= 49i);
    let v_5 = (v_3 & v_4);
    let v_6 = (acc0 & v_5);
    acc0 = v_6;
  }
  atomicAnd(&t3[(g) >> 2u], ~(255u << (u32((g) & 3) << 3u)));
  atomicOr(&t3[(g) >> 2u], select(0u, 1u, acc0) << (u32((g) & 3) << 3u));
  t4[g] = v_2;
}

// select_1: 368 iterations, 4 in an invocation, 2 × 1 × 1 workgroups of 64
//   binding 0: out0, buffer 2, 368 × float32, written
//   binding 1: t3, buffer 3, 23 × bool, read
//   binding 2: t4, buffer 4, 23 × int32, read
//   binding 3: t, buffer 0, 800 × float32, read
// fused:
//   gather
//   select

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 92>;
@group(0) @binding(1) var<storage, read> t3: array<u32, 8>;
@group(0) @binding(2) var<storage, read> t4: array<i32, 23>;
@group(0) @binding(3) var<storage, read> t: array<vec4<f32>, 200>;

var<private> fx_nan_bits: u32 = 0x7fc00000u;

fn fx_nan() -> f32 { return bitcast<f32>(fx_nan_bits); }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let i = i32(wid.x * 64u + lid) * 4;
  if (i >= 368) { return; }
  let q = ((i) >> 4u);
  let x = (((t3[(q) >> 2u] >> (u32((q) & 3) << 3u)) & 255u) != 0u);
  let x_1 = t4[q];
  let start = min(max(x_1, 0i), 49i);
  let q_1 = ((i) & 15);
  let x_2 = t[(start * 16 + q_1) >> 2u];
  let v = select(vec4<f32>(fx_nan()), x_2, vec4<bool>(x));
  out0[i >> 2u] = v;
}
