// dot_general_0: 64 × 64 sums in a workgroup of 256, tiles of 16
//   binding 0: out0, buffer 3, 16384 × float32, written
//   binding 1: x, buffer 0, 12288 × float32, read
//   binding 2: w, buffer 1, 12288 × float32, read
//   binding 3: b, buffer 2, 128 × float32, read
// fused:
//   dot_general
//   add
//   maximum

@group(0) @binding(0) var<storage, read_write> out0: array<vec4<f32>, 4096>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>, 3072>;
@group(0) @binding(2) var<storage, read> w: array<vec4<f32>, 3072>;
@group(0) @binding(3) var<storage, read> b: array<vec4<f32>, 32>;

var<workgroup> left: array<f32, 1024>;
var<workgroup> right: array<f32, 1024>;

fn fx_key_v4(x: vec4<f32>) -> vec4<i32> {
  let b = bitcast<vec4<i32>>(x);
  return b ^ ((b >> vec4<u32>(31u)) & vec4<i32>(0x7fffffff));
}

fn fx_max_v4(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(b, a, fx_key_v4(a) - vec4<i32>(0x7fffff) > fx_key_v4(b) - vec4<i32>(0x7fffff));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3<u32>, @builtin(local_invocation_index) lid: u32) {
  let block = wid.x;
  let row = i32((block / 2u) % 2u) * 64;
  let column = i32(block % 2u) * 64;
  let down = i32(lid / 16u) * 4;
  let across = i32(lid % 16u) * 4;
  var s0 = vec4<f32>();
  var s1 = vec4<f32>();
  var s2 = vec4<f32>();
  var s3 = vec4<f32>();
  for (var k = 0; k < 96; k += 16) {
    {
      let line = i32(lid / 4u);
      let at = i32(lid % 4u) * 4;
      let q = (row + line) * 96 + (k + at);
      let v = x[q >> 2u];
      left[(at + 0) * 64 + line + 0] = v.x;
      left[(at + 1) * 64 + line + 0] = v.y;
      left[(at + 2) * 64 + line + 0] = v.z;
      left[(at + 3) * 64 + line + 0] = v.w;
    }
    {
      let line = i32(lid / 16u);
      let at = i32(lid % 16u) * 4;
      let q_1 = (k + line) * 128 + (column + at);
      let v_1 = w[q_1 >> 2u];
      right[(line + 0) * 64 + at + 0] = v_1.x;
      right[(line + 0) * 64 + at + 1] = v_1.y;
      right[(line + 0) * 64 + at + 2] = v_1.z;
      right[(line + 0) * 64 + at + 3] = v_1.w;
    }
    workgroupBarrier();
    for (var j = 0; j < 16; j++) {
      let a = vec4<f32>(left[j * 64 + down + 0], left[j * 64 + down + 1], left[j * 64 + down + 2], left[j * 64 + down + 3]);
      let b = vec4<f32>(right[j * 64 + across + 0], right[j * 64 + across + 1], right[j * 64 + across + 2], right[j * 64 + across + 3]);
      s0 = s0 + a.x * b;
      s1 = s1 + a.y * b;
      s2 = s2 + a.z * b;
      s3 = s3 + a.w * b;
    }
    workgroupBarrier();
  }
  if (row + down + 0 < 128 && column + across < 128) {
    let q_2 = (column + across);
    let x_1 = b[q_2 >> 2u];
    let v_2 = (s0 + x_1);
    let v_3 = fx_max_v4(v_2, vec4<f32>(0.0f));
    let q_3 = (row + down + 0) * 128 + (column + across);
    out0[q_3 >> 2u] = v_3;
  }
  if (row + down + 1 < 128 && column + across < 128) {
    let q_4 = (column + across);
    let x_2 = b[q_4 >> 2u];
    let v_4 = (s1 + x_2);
    let v_5 = fx_max_v4(v_4, vec4<f32>(0.0f));
    let q_5 = (row + down + 1) * 128 + (column + across);
    out0[q_5 >> 2u] = v_5;
  }
  if (row + down + 2 < 128 && column + across < 128) {
    let q_6 = (column + across);
    let x_3 = b[q_6 >> 2u];
    let v_6 = (s2 + x_3);
    let v_7 = fx_max_v4(v_6, vec4<f32>(0.0f));
    let q_7 = (row + down + 2) * 128 + (column + across);
    out0[q_7 >> 2u] = v_7;
  }
  if (row + down + 3 < 128 && column + across < 128) {
    let q_8 = (column + across);
    let x_4 = b[q_8 >> 2u];
    let v_8 = (s3 + x_4);
    let v_9 = fx_max_v4(v_8, vec4<f32>(0.0f));
    let q_9 = (row + down + 3) * 128 + (column + across);
    out0[q_9 >> 2u] = v_9;
  }
}
