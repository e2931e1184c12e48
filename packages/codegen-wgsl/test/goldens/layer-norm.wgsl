// add_0: a workgroup of 64 for each of 200 iterations
//   binding 0: out0, buffer 3, 102400 × float32, written
//   binding 1: x, buffer 0, 102400 × float32, read
//   binding 2: g, buffer 1, 512 × float32, read
//   binding 3: b, buffer 2, 512 × float32, read
// fused:
//   reduce
//   multiply
//   subtract
//   multiply
//   reduce
//   multiply
//   add
//   sqrt
//   divide
//   multiply
//   add

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 25600>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 25600>;
@group(0) @binding(2) var<storage, read> g: array<vec4<f32>, 128>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>, 128>;

var<workgroup> sums: array<f32, 64>;
var<workgroup> totals: array<f32, 8>;

fn fx_head(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & u32(0xfffff000u)); }

fn fx_rest(d: f32, a: f32, b: f32) -> f32 {
  let ah = fx_head(a);
  let bh = fx_head(b);
  let al = a - ah;
  let bl = b - bh;
  return (((d - ah * bh) - ah * bl) - al * bh) - al * bl;
}

fn fx_is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & u32(0x7fffffffu)) > u32(0x7f800000u);
}

fn fx_nan_if(condition: bool, x: f32) -> f32 {
  return bitcast<f32>(select(bitcast<u32>(x), u32(0x7fc00000u), condition));
}

fn fx_sqrt(x: f32) -> f32 {
  let y = sqrt(x);
  let mended = y + fx_rest(x, y, y) / (y + y);
  let plain = (x > f32(1e-30)) & (x < f32(1e37));
  let b = bitcast<u32>(x);
  let negative = (b > u32(0x80000000u)) | fx_is_nan(x);
  let limit = (b == u32(0x7f800000u)) | ((b & u32(0x7fffffffu)) == u32(0u));
  return fx_nan_if(negative, select(select(y, mended, plain), x, limit));
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lid: u32, @builtin(workgroup_id) wid: vec3<u32>) {
  let g_1 = i32(wid.x);
  var acc0: vec4<f32> = vec4<f32>(0.0f);
  for (var c: i32 = i32(lid) * 4; c < 512; c += 256) {
    let x_1 = x[(g_1 * 512 + c) >> 2u];
    let v = (acc0 + x_1);
    acc0 = v;
  }
  let b_1 = acc0.y;
  let v_1 = (acc0.x + b_1);
  let b_2 = acc0.z;
  let v_2 = (v_1 + b_2);
  let b_3 = acc0.w;
  let v_3 = (v_2 + b_3);
  sums[lid] = v_3;
  workgroupBarrier();
  if (lid < 8u) {
    var a: f32 = sums[lid * 8u];
    for (var j_1 = 1u; j_1 < 8u; j_1++) {
      let b_4 = sums[lid * 8u + j_1];
      let v_4 = (a + b_4);
      a = v_4;
    }
    totals[lid] = a;
  }
  workgroupBarrier();
  var a_1: f32 = totals[0u];
  for (var j_2 = 1u; j_2 < 8u; j_2++) {
    let b_5 = totals[j_2];
    let v_5 = (a_1 + b_5);
    a_1 = v_5;
  }
  let v_6 = (a_1 * 0.001953125f);
  var acc0_1: vec4<f32> = vec4<f32>(0.0f);
  for (var c_1: i32 = i32(lid) * 4; c_1 < 512; c_1 += 256) {
    let x_2 = x[(g_1 * 512 + c_1) >> 2u];
    let v_7 = (x_2 - vec4<f32>(v_6));
    let v_8 = (v_7 * v_7);
    let v_9 = (acc0_1 + v_8);
    acc0_1 = v_9;
  }
  let b_6 = acc0_1.y;
  let v_10 = (acc0_1.x + b_6);
  let b_7 = acc0_1.z;
  let v_11 = (v_10 + b_7);
  let b_8 = acc0_1.w;
  let v_12 = (v_11 + b_8);
  sums[lid] = v_12;
  workgroupBarrier();
  if (lid < 8u) {
    var a_2: f32 = sums[lid * 8u];
    for (var j_3 = 1u; j_3 < 8u; j_3++) {
      let b_9 = sums[lid * 8u + j_3];
      let v_13 = (a_2 + b_9);
      a_2 = v_13;
    }
    totals[lid] = a_2;
  }
  workgroupBarrier();
  var a_3: f32 = totals[0u];
  for (var j_4 = 1u; j_4 < 8u; j_4++) {
    let b_10 = totals[j_4];
    let v_14 = (a_3 + b_10);
    a_3 = v_14;
  }
  let v_15 = (a_3 * 0.001953125f);
  let v_16 = (v_15 + 0.00001f);
  let v_17 = fx_sqrt(v_16);
  for (var c_2: i32 = i32(lid) * 4; c_2 < 512; c_2 += 256) {
    let x_3 = x[(g_1 * 512 + c_2) >> 2u];
    let v_18 = (x_3 - vec4<f32>(v_6));
    let v_19 = (v_18 / vec4<f32>(v_17));
    let x_4 = g[c_2 >> 2u];
    let v_20 = (v_19 * x_4);
    let x_5 = b[c_2 >> 2u];
    let v_21 = (v_20 + x_5);
    out0[(g_1 * 512 + c_2) >> 2u] = v_21;
  }
}
