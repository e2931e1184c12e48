// reduce_0: a workgroup of 256 for each of 125 iterations
//   binding 0: t2, buffer 2, 125 × float32, written
//   binding 1: x, buffer 0, 1000000 × float32, read
// fused:
//   reduce

@group(0) @binding(0) var<storage, read_write> t2: array<f32, 125>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 250000>;

var<workgroup> sums: array<f32, 256>;
var<workgroup> totals: array<f32, 16>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g = i32(wid.x);
  var acc0: vec4<f32> = vec4<f32>(bitcast<f32>(0x80000000u));
  for (var c: i32 = i32(lid) * 4; c < 8000; c += 1024) {
    let x_1 = x[(g * 8000 + c) >> 2u];
    let v = (acc0 + x_1);
    acc0 = v;
  }
  let b = acc0.y;
  let v_1 = (acc0.x + b);
  let b_1 = acc0.z;
  let v_2 = (v_1 + b_1);
  let b_2 = acc0.w;
  let v_3 = (v_2 + b_2);
  sums[lid] = v_3;
  workgroupBarrier();
  if (lid < 16u) {
    var a: f32 = sums[lid * 16u];
    for (var j_1 = 1u; j_1 < 16u; j_1++) {
      let b_3 = sums[lid * 16u + j_1];
      let v_4 = (a + b_3);
      a = v_4;
    }
    totals[lid] = a;
  }
  workgroupBarrier();
  var a_1: f32 = totals[0u];
  for (var j_2 = 1u; j_2 < 16u; j_2++) {
    let b_4 = totals[j_2];
    let v_5 = (a_1 + b_4);
    a_1 = v_5;
  }
  if (lid == 0u) {
    t2[g] = a_1;
  }
}

// reduce_1: a workgroup of 64 for each of 1 iterations
//   binding 0: out0, buffer 1, 1 × float32, written
//   binding 1: t2, buffer 2, 125 × float32, read
// fused:
//   reduce

@group(0) @binding(0) var<storage, read_write> out0: array<f32, 1>;
@group(0) @binding(1) var<storage, read> t2: array<f32, 125>;

var<workgroup> sums: array<f32, 64>;
var<workgroup> totals: array<f32, 8>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32) {
  let g = 0;
  var acc0: f32 = 0.0f;
  for (var c: i32 = i32(lid); c < 125; c += 64) {
    let x = t2[c];
    let v = (acc0 + x);
    acc0 = v;
  }
  sums[lid] = acc0;
  workgroupBarrier();
  if (lid < 8u) {
    var a: f32 = sums[lid * 8u];
    for (var j_1 = 1u; j_1 < 8u; j_1++) {
      let b = sums[lid * 8u + j_1];
      let v_1 = (a + b);
      a = v_1;
    }
    totals[lid] = a;
  }
  workgroupBarrier();
  var a_1: f32 = totals[0u];
  for (var j_2 = 1u; j_2 < 8u; j_2++) {
    let b_1 = totals[j_2];
    let v_2 = (a_1 + b_1);
    a_1 = v_2;
  }
  if (lid == 0u) {
    out0[0] = a_1;
  }
}
